import { SingleBar } from 'cli-progress';
import type { ExtractProgress } from '@kinemacolor/dataset';
import type { Progress } from '@kinemacolor/pipeline';
import { printableName } from './printable.js';

/** Bytes on their way to a service, or from it. */
export interface TransferProgress {
  readonly phase: 'upload' | 'download';
  readonly bytes: number;
  readonly total: number | undefined;
}

/** What a service tells of a job, its rate as well. */
export interface JobProgress {
  readonly phase: 'wait' | 'service';
  readonly frames: number;
  readonly total: number | undefined;
  /** Undefined while the service does not know it. */
  readonly fps: number | undefined;
  readonly secondsLeft: number | undefined;
}

/** What can be shown: how far colouring, taking pictures, or sending a film is. */
export type ShownProgress = Progress | ExtractProgress | TransferProgress | JobProgress;

/** Shows where a run is. */
export interface ProgressDisplay {
  readonly onProgress: (progress: ShownProgress) => void;
  readonly stop: () => void;
}

/** Seconds between the lines of a log. */
const LINE_EVERY = 10;

/** An end that is not known is far away: the bar stays empty, the numbers move. */
const UNKNOWN = Number.MAX_SAFE_INTEGER;

const PHASES: Readonly<Record<ShownProgress['phase'], string>> = {
  colour: 'colouring',
  finish: 'adding sound and subtitles',
  compare: 'making the side-by-side',
  survey: 'looking for shots and bars',
  extract: 'taking pictures',
  upload: 'uploading',
  download: 'downloading',
  wait: 'waiting for the service',
  service: 'the service is colouring',
};

/** A bar on a terminal, a line now and then in a log, nothing with `quiet`. Everything goes to standard error. */
export function progressDisplay(name: string, { quiet }: { quiet: boolean }): ProgressDisplay {
  if (quiet) return { onProgress: () => undefined, stop: () => undefined };
  const shown = printableName(name);
  return process.stderr.isTTY ? bar(shown) : lines(shown);
}

interface Done {
  readonly frames: number;
  readonly total: number | undefined;
}

/** Frames (or megabytes) a second since the first of this run, and seconds to go; both undefined before they are known. */
export function rateOf(
  { frames, total }: Done,
  first: { frames: number; at: number },
  now: number,
): { fps: number | undefined; secondsLeft: number | undefined } {
  const seconds = (now - first.at) / 1000;
  const done = frames - first.frames;
  if (done <= 0 || seconds <= 0) return { fps: undefined, secondsLeft: undefined };
  const fps = done / seconds;
  return { fps, secondsLeft: total === undefined ? undefined : Math.max(0, total - frames) / fps };
}

/** A progress in words; `first` is where the run began. */
function wordsOf(
  progress: ShownProgress,
  first: Done & { at: number },
): Record<'done' | 'rate' | 'left' | 'phase', string> {
  const now = doneOf(progress);
  const { fps, secondsLeft } = 'fps' in progress ? progress : rateOf(now, first, Date.now());
  const bytes = 'bytes' in progress;
  const digits = bytes ? 1 : 0;
  return {
    done: `${now.frames.toFixed(digits)}/${now.total?.toFixed(digits) ?? '?'} ${bytes ? 'MB' : 'frames'}`,
    rate: `${fps?.toFixed(1) ?? '-'} ${bytes ? 'MB/s' : 'fps'}`,
    left: clock(secondsLeft),
    phase: PHASES[progress.phase],
  };
}

/** Bytes count as megabytes. */
function doneOf(progress: ShownProgress): Done {
  if (!('bytes' in progress)) return progress;
  const { bytes, total } = progress;
  return { frames: bytes / 1e6, total: total === undefined ? undefined : total / 1e6 };
}

const firstOf = (progress: ShownProgress): Done & { at: number } => {
  const { frames } = doneOf(progress);
  // A frame is told of when it is done; of bytes the first telling may be where an earlier run ended.
  return { frames: 'bytes' in progress ? frames : Math.max(0, frames - 1), total: undefined, at: Date.now() };
};

/** 75 → `1:15`, 3700 → `1:01:40`. */
export function clock(seconds: number | undefined): string {
  if (seconds === undefined) return '-:--';
  const whole = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function bar(name: string): ProgressDisplay {
  const shown = new SingleBar({
    format: `${name} {bar} {percentage}% | {done} | {rate} | ETA {left} | {phase}`,
    hideCursor: true,
    clearOnComplete: false,
    stream: process.stderr,
    barsize: 24,
  });
  let first: (Done & { at: number }) | undefined;
  return {
    onProgress: (progress) => {
      const { frames, total } = doneOf(progress);
      if (first === undefined) {
        first = firstOf(progress);
        shown.start(total ?? UNKNOWN, frames, wordsOf(progress, first));
      }
      if (total !== undefined) shown.setTotal(Math.max(total, frames));
      shown.update(frames, wordsOf(progress, first));
    },
    stop: () => { shown.stop(); }, // prettier-ignore
  };
}

function lines(name: string): ProgressDisplay {
  let first: (Done & { at: number }) | undefined;
  let said = -Infinity;
  let phase: ShownProgress['phase'] = 'colour';
  return {
    onProgress: (progress) => {
      const now = Date.now();
      first ??= firstOf(progress);
      if (progress.phase === phase && now - said < LINE_EVERY * 1000) return;
      [said, phase] = [now, progress.phase];
      const { done, rate, left, phase: words } = wordsOf(progress, first);
      process.stderr.write(`${name}: ${words}, ${done}, ${rate}, ETA ${left}\n`);
    },
    stop: () => undefined,
  };
}
