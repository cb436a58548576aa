import { describe, expect, it } from 'vitest';
import { EtaEstimate, type Eta } from './eta.js';

/** 200 steps at 64 px, 100 at 128 px, 50 at 128 px with twice the batch. */
const stages = [
  { size: 64, batch: 2, epochs: 4, steps: 200 },
  { size: 128, batch: 2, epochs: 2, steps: 100 },
  { size: 128, batch: 4, epochs: 1, steps: 50 },
];

/** Does steps `from`..`to` of a stage, each of which takes what `seconds` says. */
function runSteps(eta: EtaEstimate, stage: number, from: number, to: number, seconds: (step: number) => number): Eta {
  let [now, last]: [number, Eta | undefined] = [1000, undefined];
  for (let step = from; step <= to; step++) {
    now += seconds(step);
    last = eta.update(stage, step, now);
  }
  return last!;
}

describe('the time to go', () => {
  it('counts later stages by their pixels and batches', () => {
    const { stage, run } = runSteps(new EtaEstimate(stages), 0, 1, 150, () => 0.5);
    expect(stage).toBeCloseTo(50 * 0.5, 6);
    expect(run).toBeCloseTo(50 * 0.5 + 100 * 0.5 * 4 + 50 * 0.5 * 8, 6);
  });

  it('promises nothing from the first step of a stage, which is compiled in it', () => {
    const eta = new EtaEstimate(stages);
    expect(eta.update(0, 1, 90)).toBeUndefined();
    expect(eta.update(0, 2, 91)).toEqual({ stage: 198, run: 198 + 400 + 400 });
    expect(eta.update(1, 1, 200)).toBeUndefined();
    expect(eta.update(1, 2, 203)).toEqual({ stage: 98 * 3, run: 98 * 3 + 50 * 6 });
  });

  it('follows a machine that becomes slower', () => {
    const { stage } = runSteps(new EtaEstimate(stages), 1, 1, 99, (step) => (step < 10 ? 1 : 2));
    expect(stage).toBeGreaterThan(1.7);
    expect(stage).toBeLessThanOrEqual(2);
  });

  it('does not leap after a validation, and counts those to come', () => {
    // A validation of 30 s before the first step of each further epoch, that is every 50 steps.
    const seconds = (step: number): number => (step % 50 === 1 && step > 1 ? 30.1 : 0.1);
    const before = runSteps(new EtaEstimate(stages), 0, 1, 50, seconds);
    expect(before.stage).toBeCloseTo(150 * 0.1, 6);
    const after = runSteps(new EtaEstimate(stages), 0, 1, 101, seconds);
    // Two validations in a good two epochs, and not quite two epochs to go.
    expect(after.stage).toBeGreaterThan(99 * 0.1 + 55);
    expect(after.stage).toBeLessThan(99 * 0.1 + 62);
  });

  it('tells pictures a second, which pauses do not lower', () => {
    const eta = new EtaEstimate(stages);
    expect(eta.picturesPerSecond).toBeUndefined();
    runSteps(eta, 0, 1, 1, () => 90);
    expect(eta.picturesPerSecond).toBeUndefined();
    runSteps(eta, 2, 1, 20, (step) => (step === 9 ? 60 : 0.5));
    expect(eta.picturesPerSecond).toBeCloseTo(8, 6);
  });

  it('is nothing at the end', () => {
    expect(runSteps(new EtaEstimate(stages), 2, 1, 50, () => 1)).toEqual({ stage: 0, run: 0 });
  });
});
