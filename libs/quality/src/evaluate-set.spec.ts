import { describe, expect, it } from 'vitest';

import { SetEvaluation, evaluateSet } from './evaluate-set.js';
import { formatTable } from './format-table.js';
import { greyImage } from './grey.js';
import type { Image } from './image.js';
import { psnr } from './psnr.js';
import { fitTone, toneImage } from './tone.js';

/** A dark blue sky above sunlit grass and a path: colour follows the luma in part only. */
function landscape(seed: number): Image {
  const width = 16;
  const height = 12;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const shade = ((i * 37 + seed * 101) % 60) - 30;
    const sky = i < (width * height) / 2;
    const path = !sky && i % width < 6;
    const [r, g, b]: readonly [number, number, number] = sky ? [90, 120, 190] : path ? [180, 140, 100] : [90, 140, 60];
    data.set([r + shade, g + shade, b + shade], i * 3);
  }
  return { width, height, data };
}

const truths = [1, 2, 3].map(landscape);

describe('evaluateSet', () => {
  it('scores the truth itself as perfect', () => {
    expect(evaluateSet(truths.map((truth) => [truth, truth]))).toEqual({
      n: 3,
      psnr: 100,
      ciede2000: 0,
      colourfulnessRatio: 1,
      chromaCorrelation: expect.closeTo(1, 12) as number,
      lumaError: 0,
    });
  });

  it('puts tone above grey, and gives grey no correlation and no colour', () => {
    const map = fitTone(truths);
    const grey = evaluateSet(truths.map((truth) => [greyImage(truth), truth]));
    const tone = evaluateSet(truths.map((truth) => [toneImage(map, truth), truth]));
    expect(grey.chromaCorrelation).toBe(0);
    expect(grey.colourfulnessRatio).toBe(0);
    expect(grey.lumaError).toBeLessThan(0.5);
    expect(tone.psnr).toBeGreaterThan(grey.psnr);
    expect(tone.ciede2000).toBeLessThan(grey.ciede2000);
    expect(tone.chromaCorrelation).toBeGreaterThan(0);
    expect(tone.colourfulnessRatio).toBeGreaterThan(0);
    expect(tone.colourfulnessRatio).toBeLessThan(1);
  });

  it('compares no colourfulness with grey truths, and shows none', () => {
    const grey = truths.map(greyImage);
    const metrics = evaluateSet(grey.map((truth, i) => [truths[i]!, truth]));
    expect(metrics.colourfulnessRatio).toBeUndefined();
    const cells = formatTable([{ name: 'model', metrics }])
      .split('\n')[2]!
      .split('|');
    expect(cells[4]!.trim()).toBe('–');
  });

  it('averages PSNR over pictures', () => {
    const pairs = truths.slice(0, 2).map((truth, i) => [i === 0 ? greyImage(truth) : truth, truth] as const);
    const [[grey, truth]] = pairs as [(typeof pairs)[number]];
    expect(evaluateSet(pairs).psnr).toBeCloseTo((psnr(grey, truth) + 100) / 2, 12);
  });

  it('refuses an empty set, and stays whole after a refused pair', () => {
    const evaluation = new SetEvaluation();
    expect(() => evaluation.result()).toThrow('The set is empty');
    const truth = landscape(1);
    evaluation.add(truth, truth);
    const small: Image = { width: 1, height: 1, data: new Uint8Array(3) };
    expect(() => {
      evaluation.add(small, truth);
    }).toThrow('1x1');
    expect(evaluation.result().n).toBe(1);
  });
});

describe('formatTable', () => {
  it('writes one markdown row for each name', () => {
    const metrics = {
      n: 65,
      psnr: 24.567,
      ciede2000: 9.5,
      colourfulnessRatio: 0.404,
      chromaCorrelation: 0.3456,
      lumaError: 0.25,
    };
    const lines = formatTable([
      { name: 'model', metrics },
      { name: 'a|b', metrics },
    ]).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toContain('PSNR dB ↑');
    expect(lines[2]!.split('|').map((cell) => cell.trim())).toEqual([
      '',
      'model',
      '24.57',
      '9.50',
      '0.40',
      '0.346',
      '0.25',
      '65',
      '',
    ]);
    expect(lines[3]).toContain('a\\|b');
    expect(new Set(lines.slice(0, 4).map((line) => line.length)).size).toBe(1);
  });
});
