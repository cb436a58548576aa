import { z } from 'zod';
import { constant, constantThenLinear, oneCycle, warmUpCosine, type Schedule } from '../schedules/index.js';

const rate = z.number().positive();
/** Adam's first: at 1 it would never learn. */
const moment = z.number().min(0).lt(1);

const KINDS = 'The kind of a schedule is constant, linear, one-cycle or cosine.';

/** How the learning rate goes over one stage. */
export const scheduleSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('constant'), rate }),
    z.strictObject({
      kind: z.literal('linear'),
      rate,
      constantShare: z.number().min(0).max(1).default(0.5).describe('share of the stage before the rate falls'),
    }),
    z.strictObject({
      kind: z.literal('one-cycle'),
      peak: rate,
      peakAt: z.number().min(0).max(1).default(0.5).describe('share of the stage at the peak'),
      startDivisor: z.number().positive().default(10),
      endDivisor: z.number().positive().default(1e5),
      momentum: z.tuple([moment, moment]).default([0.5, 0.35]).describe('at both ends, and at the peak'),
    }),
    z.strictObject({
      kind: z.literal('cosine'),
      peak: rate,
      warmUp: z.int().nonnegative().default(200).describe('steps; at most half of the stage'),
      floor: z.number().min(0).max(1).default(0.01).describe('the end, as a share of the peak'),
    }),
  ],
  { error: KINDS },
);

export type ScheduleConfig = z.output<typeof scheduleSchema>;

export function scheduleOf(config: ScheduleConfig): Schedule {
  switch (config.kind) {
    case 'constant':
      return constant(config.rate);
    case 'linear':
      return constantThenLinear(config);
    case 'one-cycle':
      return oneCycle(config);
    case 'cosine':
      return warmUpCosine(config);
  }
}
