import { expect, test } from 'vitest';
import { Differences, Trial } from './trial.js';

const plane = (...levels: number[]): Uint8Array => Uint8Array.from(levels);

test('differences have a mean and a percentile over both planes', () => {
  const differences = new Differences();
  differences.add({ u: plane(10, 20), v: plane(0, 0) }, { u: plane(10, 24), v: plane(2, 0) });
  expect(differences.mean()).toBe(1.5);
  expect(differences.percentile(0.5)).toBe(0);
  expect(differences.percentile(0.75)).toBe(2);
  expect(differences.percentile(0.99)).toBe(4);
});

test('nothing added has no mean and no percentile', () => {
  expect(new Differences().mean()).toBeNaN();
  expect(new Differences().percentile(0.99)).toBeNaN();
});

test('at strength 0 a trial shows the same with and without', () => {
  const trial = new Trial(0, 32, 32);
  for (const [frame, level] of [120, 140].entries()) {
    const chroma = { u: new Uint8Array(1024).fill(level), v: new Uint8Array(1024).fill(128) };
    const truth = { u: new Uint8Array(1024).fill(130), v: new Uint8Array(1024).fill(128) };
    trial.add({ luma: new Uint8Array(1024).fill(90), painted: chroma, truth, cut: frame === 0 });
  }
  const { frames, flicker, error, smear } = trial.result();
  expect(frames).toBe(2);
  expect(flicker).toEqual({ without: 10, with: 10 });
  expect(error).toEqual({ without: 5, with: 5 });
  expect(smear).toEqual({ mean: 0, percentile99: 0 });
});

test('without a truth there is no error and no smear', () => {
  const trial = new Trial(0.5, 32, 32);
  const chroma = { u: new Uint8Array(1024), v: new Uint8Array(1024) };
  trial.add({ luma: new Uint8Array(1024), painted: chroma, truth: undefined, cut: true });
  expect(trial.result().error.with).toBeNaN();
  expect(trial.result().smear.mean).toBeNaN();
});
