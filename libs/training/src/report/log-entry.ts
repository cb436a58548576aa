import { z } from 'zod';

const step = z.number().int().nonnegative();
/** JSON knows no NaN: a number that was none is `null` in the log. */
const numbers = z.record(z.string(), z.number().nullable());

const RunEntry = z.object({
  kind: z.literal('run'),
  time: z.string(),
  name: z.string(),
  config: z.unknown(),
  environment: z.record(z.string(), z.unknown()),
  resumedAt: step.optional(),
});
const StepsEntry = z.object({
  kind: z.literal('steps'),
  time: z.string(),
  stage: z.number().int(),
  size: z.number(),
  epoch: z.number().int(),
  step,
  phase: z.string(),
  losses: numbers,
  rates: numbers,
  picturesPerSecond: z.number().nullable(),
});
const ValidationEntry = z.object({
  kind: z.literal('validation'),
  time: z.string(),
  stage: z.number().int(),
  epoch: z.number().int(),
  step,
  metrics: numbers,
  baselines: z.record(z.string(), numbers),
  score: z.number().nullable(),
  best: z.boolean(),
});
const SamplesEntry = z.object({
  kind: z.literal('samples'),
  time: z.string(),
  stage: z.number().int(),
  epoch: z.number().int(),
  step,
  file: z.string(),
  columns: z.array(z.string()),
});
const NoteEntry = z.object({ kind: z.literal('note'), time: z.string(), text: z.string() });
const EndEntry = z.object({
  kind: z.literal('end'),
  time: z.string(),
  /** `stopped`: by a signal, to be resumed. */
  state: z.enum(['finished', 'stopped']),
});

/** A run began, or went on from a checkpoint: `resumedAt` is the step of that checkpoint. */
export type RunEntry = z.infer<typeof RunEntry>;
/** Means since the last such line: losses and learning rates by name. Steps count through the whole run, not a stage. */
export type StepsEntry = z.infer<typeof StepsEntry>;
/** Metrics on the held-out pictures, beside the baselines `grey` and `tone`. */
export type ValidationEntry = z.infer<typeof ValidationEntry>;
/** A grid picture; `file` is relative to the run's folder. Stages and epochs count from 0 in the log, from 1 for people. */
export type SamplesEntry = z.infer<typeof SamplesEntry>;
/** Something a reader of the report should know. */
export type NoteEntry = z.infer<typeof NoteEntry>;
/** How the run ended; a run that was killed has no such line. */
export type EndEntry = z.infer<typeof EndEntry>;

const LogEntry = z.discriminatedUnion('kind', [
  RunEntry,
  StepsEntry,
  ValidationEntry,
  SamplesEntry,
  NoteEntry,
  EndEntry,
]);

/** One line of a run's `log.jsonl`. Times are ISO 8601. */
export type LogEntry = z.infer<typeof LogEntry>;

const KINDS: ReadonlySet<unknown> = new Set<LogEntry['kind']>(['run', 'steps', 'validation', 'samples', 'note', 'end']);

/**
 * Reads one line of the log.
 * @returns `'damaged'` when it is no entry, `'unknown'` when it is of a kind that a later version may have written
 */
export function parseLogLine(line: string): LogEntry | 'damaged' | 'unknown' {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return 'damaged';
  }
  const parsed = LogEntry.safeParse(json);
  if (parsed.success) return parsed.data;
  const kind = typeof json === 'object' && json !== null && 'kind' in json ? json.kind : undefined;
  return typeof kind === 'string' && !KINDS.has(kind) ? 'unknown' : 'damaged';
}
