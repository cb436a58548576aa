import { TrainingError } from '../config/training-error.js';

/** Stages of a run, counted from 0, both included. */
export interface StageRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads `2`, `2-3`, `2-` (to the end), counted from 1 as a person does.
 * @throws TrainingError `BAD_CONFIG`
 */
export function stageRange(text: string | undefined, stages: number): StageRange {
  if (text === undefined) return { first: 0, last: stages - 1 };
  const match = /^(\d+)(-(\d*))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = match?.[2] === undefined ? first : match[3] === '' ? stages : Number(match[3]);
  if (match === null || first < 1 || last < first || last > stages) {
    throw new TrainingError(
      'BAD_CONFIG',
      `--stages ${text}: give one stage or a range of 1 to ${stages}, as 2 or 1-2.`,
    );
  }
  return { first: first - 1, last: last - 1 };
}
