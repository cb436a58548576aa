import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { constant, constantThenLinear, oneCycle, warmUpCosine } from './index.js';

interface Reference {
  readonly oneCycle: readonly { total: number; peakAt: number; rates: number[]; momenta: number[] }[];
  readonly linear: readonly { constantEpochs: number; rates: number[] }[];
}
/** PyTorch's own schedulers: tools/torch-fixtures/schedules.py */
const reference = JSON.parse(readFileSync(new URL('fixtures/pytorch.json', import.meta.url), 'utf8')) as Reference;

/** The largest difference of two rows of numbers, as a share of the expected one. */
function difference(found: readonly number[], expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  return Math.max(...expected.map((value, i) => Math.abs(found[i]! / value - 1)));
}
const steps = (total: number): number[] => Array.from({ length: total }, (_, step) => step);

describe('oneCycle', () => {
  it.each(reference.oneCycle)("is PyTorch's OneCycleLR over $total steps, peak at $peakAt", (expected) => {
    const { total, peakAt } = expected;
    const schedule = oneCycle({ peak: 1e-3, peakAt });
    const found = steps(total).map((step) => schedule(step, total));
    expect(difference(found.map(({ rate }) => rate), expected.rates)).toBeLessThan(1e-4); // prettier-ignore
    expect(difference(found.map(({ momentum }) => momentum!), expected.momenta)).toBeLessThan(1e-4); // prettier-ignore
  });

  it("is the seed's by default: a tenth, the peak half-way, a hundred-thousandth; momentum 0.5, 0.35, 0.5", () => {
    const schedule = oneCycle({ peak: 1e-3 });
    for (const [step, rate, momentum] of [
      [0, 1e-4, 0.5],
      [499, 1e-3, 0.35],
      [999, 1e-8, 0.5],
    ] as const) {
      // prettier-ignore
      expect(schedule(step, 1000).rate).toBeCloseTo(rate, 12);
      expect(schedule(step, 1000).momentum).toBeCloseTo(momentum, 12);
    }
    expect(schedule(5000, 1000)).toEqual(schedule(999, 1000));
  });

  it.each([1, 2, 3])('is finite and positive over %i steps', (total) => {
    for (const step of steps(total)) {
      const { rate, momentum } = oneCycle({ peak: 1e-3 })(step, total);
      expect(rate).toBeGreaterThan(0);
      expect(rate).toBeLessThanOrEqual(1e-3);
      expect(momentum).toBeGreaterThanOrEqual(0.35);
    }
  });
});

describe('constantThenLinear', () => {
  it.each(reference.linear)('is the public rule: $constantEpochs epochs, then down', ({ constantEpochs, rates }) => {
    const epochs = rates.length;
    const constantShare = constantEpochs / epochs;
    const byEpoch = constantThenLinear({ rate: 2e-4, constantShare });
    expect(difference(steps(epochs).map((epoch) => byEpoch(epoch, epochs).rate), rates)).toBeLessThan(1e-4); // prettier-ignore
    // In steps, seven to an epoch: one rate an epoch.
    const byStep = constantThenLinear({ rate: 2e-4, constantShare, unit: 7 });
    const repeated = rates.flatMap((rate) => Array.from({ length: 7 }, () => rate));
    expect(difference(steps(7 * epochs).map((step) => byStep(step, 7 * epochs).rate), repeated)).toBeLessThan(1e-4); // prettier-ignore
  });

  it('falls in a straight line from step to step, never to 0, and leaves the momentum alone', () => {
    const schedule = constantThenLinear({ rate: 1 });
    expect(schedule(0, 100)).toEqual({ rate: 1 });
    expect(schedule(49, 100)).toEqual({ rate: 1 });
    expect(schedule(50, 100).rate).toBeCloseTo(1 - 1 / 51, 12);
    expect(schedule(99, 100).rate).toBeCloseTo(1 / 51, 12);
    expect(schedule(100, 100)).toEqual(schedule(99, 100));
  });
});

describe('constant', () => {
  it('is one rate', () => {
    expect([0, 5, 99].map((step) => constant(3e-4)(step, 100))).toEqual(Array(3).fill({ rate: 3e-4 }));
  });
});

describe('warmUpCosine', () => {
  it('climbs to the peak, is half-way down in the middle, and ends at the floor', () => {
    const schedule = warmUpCosine({ peak: 1e-3, warmUp: 100, floor: 0.01 });
    const rate = (step: number): number => schedule(step, 1000).rate;
    expect(rate(0)).toBeCloseTo(1e-5, 10);
    expect(rate(99)).toBeCloseTo(1e-3, 10);
    expect(rate(550)).toBeCloseTo(1e-3 * 0.505, 8);
    expect(rate(1000)).toBeCloseTo(1e-5, 10);
    expect(rate(5000)).toBeCloseTo(1e-5, 10);
  });

  it('reaches its peak in a short stage, too: the climb is half of it at most', () => {
    const schedule = warmUpCosine({ peak: 1e-3, warmUp: 200, floor: 0.01 });
    const rates = (total: number): number[] => steps(total).map((step) => schedule(step, total).rate);
    for (const total of [2, 11, 60, 300]) expect(Math.max(...rates(total))).toBeCloseTo(1e-3, 12);
    expect(rates(60)[29]).toBeCloseTo(1e-3, 12);
    expect(rates(60)[59]).toBeLessThan(5e-5);
    expect(rates(1)).toEqual([1e-3]);
    expect(rates(400)[199]).toBeCloseTo(1e-3, 12);
    expect(rates(400)[99]).toBeCloseTo(5e-4, 12);
  });
});
