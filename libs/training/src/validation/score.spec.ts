import { describe, expect, it } from 'vitest';
import { score } from './score.js';

const tone = { psnr: 22 };
const of = (psnr: number, chromaCorrelation: number, colourfulnessRatio: number): number =>
  score({ psnr, chromaCorrelation, colourfulnessRatio }, tone);

describe('score', () => {
  it('leaves out what a grey truth cannot be compared with', () => {
    expect(score({ psnr: 23, chromaCorrelation: 0.5, colourfulnessRatio: undefined }, tone)).toBe(1 + 2.5);
  });

  it('is 7 for the truth beyond its PSNR, and 0 for what is as far off as tone and grey', () => {
    expect(of(22, 1, 1)).toBe(7);
    expect(of(22, 0, 0)).toBe(0);
    expect(of(23.5, 0.5, 0.5)).toBeCloseTo(1.5 + 2.5 + 1, 10);
  });

  it('rises with each measure, but not with colours stronger than the truth', () => {
    expect(of(23, 0.4, 0.6)).toBeGreaterThan(of(22.5, 0.4, 0.6));
    expect(of(23, 0.4, 0.6)).toBeGreaterThan(of(23, 0.3, 0.6));
    expect(of(23, 0.4, 0.6)).toBeGreaterThan(of(23, 0.4, 0.5));
    expect(of(23, 0.4, 1.8)).toBe(of(23, 0.4, 1));
  });

  it('puts colours that are right before grey, and grey before colours that are wrong', () => {
    const [right, grey, wrong] = [of(22.6, 0.5, 0.6), of(22.2, 0, 0), of(19, 0.05, 1.1)];
    expect(right).toBeGreaterThan(grey);
    expect(grey).toBeGreaterThan(wrong);
  });
});
