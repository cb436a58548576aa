import { describe, expect, it } from 'vitest';

import { greyImage } from './grey.js';
import type { Image, Yuv } from './image.js';
import { lumaError } from './luma-error.js';
import { ToneFit, applyTone, fitTone, parseTone, toneImage } from './tone.js';
import { rgbToYuv } from './yuv.js';

const planes = (y: readonly number[], u: readonly number[], v: readonly number[]): Yuv => ({
  width: y.length,
  height: 1,
  y: Float32Array.from(y),
  u: Float32Array.from(u),
  v: Float32Array.from(v),
});

function fitted() {
  const fit = new ToneFit();
  fit.add(planes([10, 10.4, 20], [100, 110, 125], [140, 150, 165]));
  fit.add(planes([10], [120], [160]));
  return fit.fit();
}

describe('tone baseline', () => {
  it('takes the mean chroma of each level', () => {
    const tone = fitted();
    expect(tone.u[10]).toBe(110);
    expect(tone.v[10]).toBe(150);
    expect(tone.u[20]).toBe(125);
  });

  it('draws a line through empty levels and holds the ends', () => {
    const tone = fitted();
    expect(tone.u[14]).toBeCloseTo(116, 12);
    expect(tone.v[19]).toBeCloseTo(163.5, 12);
    expect([tone.u[0], tone.u[255]]).toEqual([110, 125]);
    expect(tone.u).toHaveLength(256);
  });

  it('applies to byte and float luma, rounded to a level and held at the ends', () => {
    const out = applyTone(fitted(), Float32Array.of(9.6, 20.4, -3, 300), { width: 4, height: 1 });
    expect([...out.u]).toEqual([110, 125, 110, 125]);
    expect(() => applyTone(fitted(), new Uint8Array(3), { width: 4, height: 1 })).toThrow('The Y plane has 3');
  });

  it('beats every other map, grey included, on what it was fitted on', () => {
    const picture: Image = {
      width: 4,
      height: 1,
      data: Uint8Array.of(200, 120, 40, 198, 121, 41, 30, 60, 90, 10, 20, 30),
    };
    const tone = fitTone([picture]);
    const error = (shift: number) => {
      const truth = rgbToYuv(picture);
      const out = applyTone(tone, truth.y, picture);
      return out.u.reduce((sum, value, i) => sum + (value + shift - truth.u[i]!) ** 2, 0);
    };
    expect(error(0)).toBeLessThan(error(1));
    expect(error(0)).toBeLessThan(error(-1));
  });

  it('keeps the luma of the picture', () => {
    const picture: Image = { width: 2, height: 1, data: Uint8Array.of(200, 120, 40, 30, 60, 90) };
    expect(lumaError(toneImage(fitTone([picture]), picture), picture).max).toBeLessThanOrEqual(1);
    expect(lumaError(greyImage(picture), picture).max).toBeLessThanOrEqual(0.5001);
  });

  it('survives JSON', () => {
    const tone = fitted();
    expect(parseTone(JSON.parse(JSON.stringify(tone)))).toEqual(tone);
  });

  it('refuses what is no tone map', () => {
    expect(() => parseTone(null)).toThrow('"kind" is not "tone"');
    expect(() => parseTone({ kind: 'tone', u: [1], v: [] })).toThrow('"u" is not a list of 256 numbers');
    expect(() => parseTone({ ...fitted(), v: new Array(256).fill(null) })).toThrow('"v"');
    expect(() => new ToneFit().fit()).toThrow('no pictures to fit');
  });
});
