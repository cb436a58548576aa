import { stat } from 'node:fs/promises';
import type { EndEntry, LogEntry, NoteEntry, RunEntry, SamplesEntry, ValidationEntry } from './log-entry.js';
import { parseLogLine } from './log-entry.js';
import { logLines } from './log-lines.js';
import { ReplacedLines } from './replaced-lines.js';
import { ReportError } from './report-error.js';
import { StageRecord, type StageSummary } from './stage-record.js';
import { MOST_POINTS, ThinSeries, type Point } from './thin-series.js';

/** What a report shows of a run's log. Its size does not grow with the log. */
export interface RunLog {
  /** The last beginning: its config and environment are the ones in force. */
  readonly run: RunEntry | undefined;
  /** When the run began and went on, oldest first; the last ones of many. */
  readonly starts: readonly { readonly time: string; readonly resumedAt: number | undefined }[];
  /** Losses as `loss/NAME`, rates as `rate/NAME`, and `speed`. */
  readonly steps: readonly Point[];
  readonly stages: readonly StageSummary[];
  /** Metrics by name, and `score`. */
  readonly validations: readonly Point[];
  readonly bestValidation: ValidationEntry | undefined;
  readonly lastValidation: ValidationEntry | undefined;
  /** Oldest first. */
  readonly samples: readonly SamplesEntry[];
  /** The last ones of `noteCount`. */
  readonly notes: readonly NoteEntry[];
  readonly noteCount: number;
  /** Absent while the run goes on, and after a kill. */
  readonly end: EndEntry | undefined;
  /** Time of the last line. */
  readonly updated: string | undefined;
  /** Lines that are no entries; a last line that is not whole yet is none of them. */
  readonly damaged: { readonly count: number; readonly first: number | undefined };
  /** Losses that were not a number (or infinite) when they were logged. */
  readonly notNumbers: number;
}

/** Notes and starts that are shown, the newest. */
const NEWEST = 200;

/**
 * Reads a run's log twice: once to see which lines a resume replaced, once to gather the others.
 * @throws ReportError when there is no such file
 */
export async function readLog(file: string): Promise<RunLog> {
  const size = await sizeOf(file);
  const replaced = new ReplacedLines();
  const counts = { run: 0, steps: 0, validation: 0, samples: 0, note: 0, end: 0 };
  for await (const { entry, number } of entries(file, size)) {
    if (typeof entry === 'string') continue;
    replaced.see(entry, number);
    counts[entry.kind] += 1;
  }

  const steps = new ThinSeries(counts.steps);
  const validations = new ThinSeries(counts.validation);
  const stages = new StageRecord();
  const everySample = Math.ceil(counts.samples / MOST_POINTS);
  const samples: SamplesEntry[] = [];
  const notes: NoteEntry[] = [];
  const starts: { time: string; resumedAt: number | undefined }[] = [];
  let [run, end]: [RunEntry | undefined, EndEntry | undefined] = [undefined, undefined];
  let [best, last]: [ValidationEntry | undefined, ValidationEntry | undefined] = [undefined, undefined];
  let newestSample: SamplesEntry | undefined;
  let updated: string | undefined;
  let sampleCount = 0;
  let notNumbers = 0;
  const damaged: { count: number; first: number | undefined } = { count: 0, first: undefined };
  for await (const { entry, number } of entries(file, size)) {
    if (entry === 'damaged') {
      damaged.count += 1;
      damaged.first ??= number;
    }
    if (typeof entry === 'string') continue;
    updated = entry.time;
    if (!replaced.counts(entry, number)) continue;
    if (entry.kind !== 'note') end = entry.kind === 'end' ? entry : undefined;
    switch (entry.kind) {
      case 'run':
        run = entry;
        keepNewest(starts, { time: entry.time, resumedAt: entry.resumedAt });
        stages.interrupt();
        break;
      case 'steps':
        notNumbers += Object.values(entry.losses).filter((value) => value === null).length;
        steps.add(entry, [
          ...Object.entries(entry.losses).map(([name, value]) => [`loss/${name}`, value] as const),
          ...Object.entries(entry.rates).map(([name, value]) => [`rate/${name}`, value] as const),
          ['speed', entry.picturesPerSecond],
        ]);
        stages.add(entry);
        break;
      case 'validation':
        validations.add(entry, [...Object.entries(entry.metrics), ['score', entry.score]]);
        if (entry.best) best = entry;
        last = entry;
        break;
      case 'samples':
        newestSample = entry;
        if (sampleCount++ % everySample === 0) samples.push(entry);
        break;
      case 'note':
        keepNewest(notes, entry);
        break;
      case 'end':
        break;
    }
  }
  steps.finish();
  validations.finish();
  if (newestSample !== undefined && samples.at(-1) !== newestSample) samples.push(newestSample);
  return {
    run,
    starts,
    steps: steps.points,
    stages: stages.summaries,
    validations: validations.points,
    bestValidation: best,
    lastValidation: last,
    samples,
    notes,
    noteCount: counts.note,
    end,
    updated,
    damaged,
    notNumbers,
  };
}

async function* entries(
  file: string,
  size: number,
): AsyncGenerator<{ entry: LogEntry | 'damaged' | 'unknown'; number: number }> {
  for await (const { text, number, complete } of logLines(file, size)) {
    const entry = text === undefined ? 'damaged' : parseLogLine(text);
    // The last line is being written just now, or was when the run was killed.
    if (!complete && entry === 'damaged') return;
    yield { entry, number };
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    const why = error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'there is no such file' : error;
    throw new ReportError(`${file} cannot be read: ${String(why)}. Name the folder of a run that has begun.`);
  }
}

function keepNewest<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > NEWEST) list.shift();
}
