import { SingleBar } from 'cli-progress';
import type { ExtractProgress } from '@kinemacolor/dataset';
import type { Progress } from '@kinemacolor/pipeline';

/** What can be shown: how far colouring or taking pictures is. */
export type ShownProgress = Progress | ExtractProgress;

/** Shows where a run is. */
export interface ProgressDisplay {
  readonly onProgress: (progress: ShownProgress) => void;
  readonly stop: () => void;
}

/** Seconds between the lines of a log. */
const LINE_EVERY = 10;

const PHASES: Readonly<Record<ShownProgress['phase'], string>> = {
  colour: 'colouring',
  finish: 'adding sound and subtitles',
  compare: 'making the side-by-side',
  survey: 'looking for shots and bars',
  extract: 'taking pictures',
};

/** A bar on a terminal, a line now and then in a log, nothing with `quiet`. Everything goes to standard error. */
export function progressDisplay(name: string, { quiet }: { quiet: boolean }): ProgressDisplay {
  if (quiet) return { onProgress: () => undefined, stop: () => undefined };
  return process.stderr.isTTY ? bar(name) : lines(name);
}

/** Frames a second since the first frame of this run, and seconds to go; both undefined before they are known. */
export function rateOf(
  { frames, total }: ShownProgress,
  first: { frames: number; at: number },
  now: number,
): { fps: number | undefined; secondsLeft: number | undefined } {
  const seconds = (now - first.at) / 1000;
  const done = frames - first.frames;
  if (done <= 0 || seconds <= 0) return { fps: undefined, secondsLeft: undefined };
  const fps = done / seconds;
  return { fps, secondsLeft: total === undefined ? undefined : Math.max(0, total - frames) / fps };
}

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
    format: `${name} {bar} {percentage}% | {value}/{frames} frames | {fps} fps | ETA {left} | {phase}`,
    hideCursor: true,
    clearOnComplete: false,
    stream: process.stderr,
    barsize: 24,
  });
  let first: { frames: number; at: number } | undefined;
  return {
    onProgress: (progress) => {
      if (first === undefined) {
        first = { frames: Math.max(0, progress.frames - 1), at: Date.now() };
        const payload = {
          frames: progress.total ?? '?',
          fps: '-',
          left: clock(undefined),
          phase: PHASES[progress.phase],
        };
        shown.start(progress.total ?? progress.frames, progress.frames, payload);
      }
      const { fps, secondsLeft } = rateOf(progress, first, Date.now());
      if (progress.total !== undefined) shown.setTotal(Math.max(progress.total, progress.frames));
      shown.update(progress.frames, {
        frames: progress.total ?? '?',
        fps: fps?.toFixed(1) ?? '-',
        left: clock(secondsLeft),
        phase: PHASES[progress.phase],
      });
    },
    stop: () => { shown.stop(); }, // prettier-ignore
  };
}

function lines(name: string): ProgressDisplay {
  let first: { frames: number; at: number } | undefined;
  let said = -Infinity;
  let phase: ShownProgress['phase'] = 'colour';
  return {
    onProgress: (progress) => {
      const now = Date.now();
      first ??= { frames: Math.max(0, progress.frames - 1), at: now };
      if (progress.phase === phase && now - said < LINE_EVERY * 1000) return;
      [said, phase] = [now, progress.phase];
      const { fps, secondsLeft } = rateOf(progress, first, now);
      const rate = `${fps?.toFixed(1) ?? '-'} fps, ETA ${clock(secondsLeft)}`;
      process.stderr.write(`${name}: ${PHASES[phase]}, ${progress.frames}/${progress.total ?? '?'} frames, ${rate}\n`);
    },
    stop: () => undefined,
  };
}
