import { JobState as WireState, type Job as WireJob, type Progress as WireProgress } from '@kinemacolor/contracts';
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
  };
}

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
