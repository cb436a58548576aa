import type { PairTimes } from './measure-pair.js';

/** What a pass is timed in. */
export type SubjectName = 'generator' | 'step';

export const PICTURE = { height: 256, width: 448 } as const;
export const STEP_SIZE = 128;

/** What the process of a pair prints: null where the switch changes nothing. */
export interface PairAnswer {
  readonly times: PairTimes | null;
  readonly versions: Readonly<Record<string, string>>;
}
