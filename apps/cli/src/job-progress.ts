import type { Job, Progress } from '@kinemacolor/client';
import type { JobProgress } from './progress-display.js';

/** How far a job is, as the display takes it. */
export function jobProgress({ state, progress }: Pick<Job, 'state' | 'progress'>): JobProgress {
  const { framesColoured, framesEncoded, framesTotal, framesPerSecond, etaSeconds }: Progress = progress;
  return {
    phase: state === 'uploading' || state === 'queued' ? 'wait' : 'service',
    // Encoded frames count by segments, in jumps of some seconds.
    frames: Math.max(framesColoured, framesEncoded),
    total: framesTotal,
    fps: framesPerSecond > 0 ? framesPerSecond : undefined,
    secondsLeft: etaSeconds,
  };
}
