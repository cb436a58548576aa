import {
  JobState as WireState,
  type Job as WireJob,
  type Progress as WireProgress,
  type StageLatency,
} from '@kinemacolor/contracts';
import { ClientError, statusName, type StatusName } from './client-error.js';
import { fromDuration, fromSettings, type ColorizeOptions } from './colorize-options.js';

/** Where a job is. `unknown`: a newer service's word. */
export type JobState =
  'uploading' | 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'expired' | 'unknown';

/** How far a job is, in frames of the film. */
export interface Progress {
  readonly framesDecoded: number;
  readonly framesColoured: number;
  /** In the result, and never to be done again. */
  readonly framesEncoded: number;
  /** Unknown for a stream that does not say how long it is. */
  readonly framesTotal: number | undefined;
  /** Frames a second, over the last seconds. */
  readonly framesPerSecond: number;
  /** Seconds that are left, where the total is known. */
  readonly etaSeconds: number | undefined;
  /** Frames that stayed grey, by the poison policy. */
  readonly framesGrey: number;
  /** Live: frames that got the colours of an earlier one. */
  readonly framesHeld: number;
}

/** A job as the service has it. */
export interface Job {
  readonly id: string;
  readonly state: JobState;
  readonly label: string;
  readonly settings: ColorizeOptions;
  readonly progress: Progress;
  /** Why it has no result. */
  readonly error:
    { readonly code: StatusName; readonly message: string; readonly frame: number | undefined } | undefined;
  readonly created: Date | undefined;
  readonly finished: Date | undefined;
  /** When the job and its result are deleted. */
  readonly expires: Date | undefined;
  /** Bytes of the source that have been kept. */
  readonly sourceBytes: number;
  /** Bytes of the result that can be downloaded. */
  readonly resultBytes: number;
  /** What the user should know, such as streams that could not be kept. */
  readonly warnings: readonly string[];
  /** Where the time of its frames went; undefined before the first segment is encoded. */
  readonly latency: Latency | undefined;
}

/** How long frames took, seconds. */
export interface Duration {
  readonly mean: number;
  /** Half of the frames took at most this; 95, and 99, of 100. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Where the time of a job's frames went. */
export interface Latency {
  /** Frames that were counted: those since its encoder was last started. */
  readonly frames: number;
  /** In order; those in which no frame was any time are left out. */
  readonly stages: readonly (Duration & { readonly stage: string })[];
  /** From the beginning of a frame's decoding to the end of the segment that it is in. */
  readonly whole: Duration;
}

const STATES: ReadonlyMap<WireState, JobState> = new Map([
  [WireState.UPLOADING, 'uploading'],
  [WireState.QUEUED, 'queued'],
  [WireState.RUNNING, 'running'],
  [WireState.SUCCEEDED, 'succeeded'],
  [WireState.FAILED, 'failed'],
  [WireState.CANCELLED, 'cancelled'],
  [WireState.EXPIRED, 'expired'],
]);

/** @throws ClientError `INTERNAL` when the service left the job out of its answer */
export function toJob(wire: WireJob | undefined): Job {
  if (wire === undefined) throw new ClientError('INTERNAL', 'The service answered without a job.');
  const { id, label, settings, progress, error, created, finished, expires, sourceBytes, resultBytes, warnings } = wire;
  const { latency } = wire;
  return {
    id,
    state: STATES.get(wire.state) ?? 'unknown',
    label,
    settings: settings === undefined ? {} : fromSettings(settings),
    progress: toProgress(progress),
    error: error && { code: statusName(error.code), message: error.message, frame: error.frame },
    created,
    finished,
    expires,
    sourceBytes,
    resultBytes,
    warnings,
    latency: latency && {
      frames: latency.frames,
      stages: latency.stages.map(toStage),
      whole: toDuration(latency.whole),
    },
  };
}

const toStage = (wire: StageLatency): Latency['stages'][number] => ({ stage: wire.stage, ...toDuration(wire) });

const toDuration = (wire: StageLatency | undefined): Duration => ({
  mean: (wire?.meanUs ?? 0) / 1e6,
  p50: (wire?.p50Us ?? 0) / 1e6,
  p95: (wire?.p95Us ?? 0) / 1e6,
  p99: (wire?.p99Us ?? 0) / 1e6,
});

export function toProgress(wire: WireProgress | undefined): Progress {
  return {
    framesDecoded: wire?.framesDecoded ?? 0,
    framesColoured: wire?.framesColoured ?? 0,
    framesEncoded: wire?.framesEncoded ?? 0,
    framesTotal: wire?.framesTotal,
    framesPerSecond: wire?.framesPerSecond ?? 0,
    etaSeconds: wire?.eta && fromDuration(wire.eta),
    framesGrey: wire?.framesGrey ?? 0,
    framesHeld: wire?.framesHeld ?? 0,
  };
}

/** The number of a state on the wire. */
export function wireState(state: JobState): WireState {
  for (const [number, name] of STATES) if (name === state) return number;
  throw new ClientError('INVALID_ARGUMENT', `There is no job state "${state}".`);
}

/** Whether nothing will change any more. */
export const hasEnded = ({ state }: Job): boolean =>
  state === 'succeeded' || state === 'failed' || state === 'cancelled' || state === 'expired';

/** A job that ended without a result, as an error. */
export function endingOf({ id, state, error }: Job): ClientError {
  if (error !== undefined) return new ClientError(error.code, error.message, { jobId: id });
  if (state === 'cancelled') return new ClientError('CANCELLED', 'The job was cancelled.', { jobId: id });
  if (state === 'expired') return new ClientError('DEADLINE_EXCEEDED', 'The job has expired.', { jobId: id });
  return new ClientError('UNKNOWN', `The job has ${state}, and the service does not say why.`, { jobId: id });
}
