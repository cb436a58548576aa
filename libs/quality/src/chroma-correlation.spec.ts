import { describe, expect, it } from 'vitest';

import { ChromaCorrelation } from './chroma-correlation.js';
import type { ChromaPlanes } from './image.js';

const chroma = (u: readonly number[], v: readonly number[]): ChromaPlanes => ({
  width: u.length,
  height: 1,
  u: Float32Array.from(u),
  v: Float32Array.from(v),
});

function correlationOf(...pairs: readonly (readonly [ChromaPlanes, ChromaPlanes])[]): number {
  const correlation = new ChromaCorrelation();
  for (const [out, truth] of pairs) correlation.add(out, truth);
  return correlation.value();
}

const truth = chroma([100, 120, 150, 160], [140, 130, 110, 90]);

describe('ChromaCorrelation', () => {
  it('is 1 for the truth at half saturation and another tint', () => {
    const paler = chroma([60, 70, 85, 90], [170, 165, 155, 145]);
    expect(correlationOf([paler, truth])).toBeCloseTo(1, 12);
  });

  it('is -1 for complementary colours', () => {
    const inverted = chroma([156, 136, 106, 96], [116, 126, 146, 166]);
    expect(correlationOf([inverted, truth])).toBeCloseTo(-1, 12);
  });

  it('is 0 for grey and for any uniform wash', () => {
    expect(correlationOf([chroma([128, 128, 128, 128], [128, 128, 128, 128]), truth])).toBe(0);
    expect(correlationOf([chroma([110.3, 110.3, 110.3, 110.3], [139.7, 139.7, 139.7, 139.7]), truth])).toBe(0);
  });

  it('gives nothing for the right average tint of each picture', () => {
    const red = chroma([90, 90, 90, 90], [200, 200, 200, 200]);
    const blue = chroma([200, 200, 200, 200], [90, 90, 90, 90]);
    expect(correlationOf([red, chroma([88, 92, 90, 90], [198, 202, 200, 200])], [blue, truth])).toBe(0);
  });

  it('pools over pictures, which is not the mean of their correlations', () => {
    const strong = chroma([78, 178], [128, 128]);
    const faintTruth = chroma([127, 129], [128, 128]);
    const faintWrong = chroma([129, 127], [128, 128]);
    // products 5000 - 2, squares 5000 + 2
    expect(correlationOf([strong, strong], [faintWrong, faintTruth])).toBeCloseTo(4998 / 5002, 12);
  });

  it('takes bytes as well as floats', () => {
    const bytes = { width: 2, height: 1, u: Uint8Array.of(10, 30), v: Uint8Array.of(5, 5) };
    expect(correlationOf([bytes, chroma([1, 2], [3, 3])])).toBeCloseTo(1, 12);
  });

  it('refuses to answer without pictures, and pairs of two sizes', () => {
    expect(() => correlationOf()).toThrow('no pictures yet');
    expect(() => correlationOf([chroma([1], [1]), truth])).toThrow('1x1 and the truth 4x1');
  });
});
