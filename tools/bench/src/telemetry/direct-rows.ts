import type { ResultRow } from '../result.js';
import { median } from '../statistics.js';
import type { FrameCost } from './frame-cost.js';

/** The telemetry of frames alone, in several rounds. */
export interface DirectCosts {
  /** As in the sides, such as `all frames`. */
  readonly name: string;
  /** Most that it may be of what the services take for a frame. */
  readonly most: number;
  readonly rounds: readonly FrameCost[];
}

/**
 * What making and sending the telemetry of a frame takes, ÷ what the services without telemetry take for a frame.
 * @param servicesMs CPU milliseconds of a frame in each round of the same run; empty: there is nothing to hold it against
 */
export function directRows(direct: readonly DirectCosts[], servicesMs: readonly number[]): ResultRow[] {
  return direct.flatMap(({ name, most, rounds }) => {
    const cost = rounds.map(({ costMs }) => costMs);
    const dropped = rounds.map(({ received }) => received.dropped);
    const numbers = servicesMs.length === 0 ? {} : { off: median(servicesMs) };
    const ratio = servicesMs.length === 0 ? {} : { ratio: median(cost) / median(servicesMs), target: { most } };
    return [
      { name: `${name}: CPU ms a frame, made and sent alone ÷ the services`, numbers: { ...numbers, cost: median(cost) }, rounds: { cost }, ...ratio }, // prettier-ignore
      { name: `${name}: spans dropped, alone`, numbers: { on: Math.max(...dropped) }, rounds: { on: dropped }, ratio: Math.max(...dropped), target: { most: 0 } }, // prettier-ignore
    ];
  });
}
