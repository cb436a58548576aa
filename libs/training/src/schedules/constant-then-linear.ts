import { clampedStep, type Schedule } from './schedule.js';

export interface ConstantThenLinearOptions {
  /** The rate of the first part. */
  readonly rate: number;
  /** Share of the units (below) with that rate; default ½. */
  readonly constantShare?: number;
  /**
   * Steps that share one rate; default 1. The public CycleGAN changes it after each epoch: there this is the number of
   * steps of an epoch.
   */
  readonly unit?: number;
}

/**
 * The public CycleGAN's schedule: constant, then down in a straight line that would reach 0 one unit after the last.
 *
 * With n units of constant rate, d after them and the unit counted from 0: `rate · (1 − max(0, unit + 1 − n) / (d + 1))`.
 * The momentum stays the optimiser's.
 * Source: Zhu et al., 2017 (CycleGAN), section 4: 100 epochs and 100 more.
 */
export function constantThenLinear({ rate, constantShare = 0.5, unit = 1 }: ConstantThenLinearOptions): Schedule {
  return (step, total) => {
    const units = Math.ceil(total / unit);
    const constantUnits = Math.round(constantShare * units);
    const now = Math.floor(clampedStep(step, total) / unit);
    return { rate: rate * (1 - Math.max(0, now + 1 - constantUnits) / (units - constantUnits + 1)) };
  };
}
