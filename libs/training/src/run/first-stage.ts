import type { Position } from '../checkpoint/checkpoint-store.js';
import type { RunPlan } from './run-options.js';

type Stages = readonly Pick<RunPlan['stages'][number], 'epochs' | 'steps'>[];

/**
 * The stage, counted from 0, that a run began with to have come to a position: its number of steps tells.
 * At the end of an epoch it may stand before its validation. Undefined where no such run comes: the position is of another config, or was changed.
 */
export function firstStageOf({ step, stage, epoch, batch }: Position, stages: Stages): number | undefined {
  if (stage > stages.length) return undefined;
  const here = stages[stage];
  const perEpoch = here === undefined ? 0 : here.steps / here.epochs;
  const within = here === undefined ? epoch === 0 && batch === 0 : epoch < here.epochs && batch <= perEpoch;
  if (!within) return undefined;
  let left = step - epoch * perEpoch - batch;
  for (let first = stage; first >= 0; first--) {
    if (left === 0) return first;
    left -= stages[first - 1]?.steps ?? 0;
  }
  return undefined;
}
