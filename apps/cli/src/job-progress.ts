import type { Job, Progress } from '@kinemacolor/client';
import type { JobProgress } from './progress-display.js';

/** How far a job is, as the display takes it. */
export function jobProgress({ state, progress }: Pick<Job, 'state' | 'progress'>): JobProgress {
  const { framesEncoded, framesTotal, framesPerSecond, etaSeconds }: Progress = progress;
  return {
    phase: state === 'uploading' || state === 'queued' ? 'wait' : 'service',
    frames: framesEncoded,
    total: framesTotal,
    fps: framesPerSecond > 0 ? framesPerSecond : undefined,
    secondsLeft: etaSeconds,
  };
}
