import { JobState } from '@kinemacolor/contracts';
import { endJob, hasEnded, interruptedBy, permanentError, type FollowedJob, type JobStore } from '@kinemacolor/jobs';
import type { Log } from '@kinemacolor/lifecycle';
import type { NatsConnection } from '@nats-io/transport-node';
import type { DecoderConfig } from './config.js';
import { decodeEpoch } from './decode-epoch.js';
import type { ModelPins } from './model-pins.js';

export interface DecodeContext {
  readonly connection: NatsConnection;
  readonly store: JobStore;
  readonly pins: ModelPins;
  readonly config: DecoderConfig;
  readonly log: Log;
  /** The job has ended, or this process is to stop. */
  readonly signal: AbortSignal;
}

/** Decodes a job's film, and again from where it is asked to whenever the epoch is raised, until the job has ended. */
export async function decodeJob(job: FollowedJob, context: DecodeContext): Promise<void> {
  const { store, log, signal } = context;
  const { id } = job.now.job;
  if (job.now.live !== undefined && job.now.pinnedUntil !== undefined) {
    await endJob(store, id, interruptedBy('decoder'));
    return;
  }
  let epoch: AbortController = new AbortController();
  let current = job.now.epoch;
  job.onChange((now) => {
    if (now.epoch !== current) epoch.abort();
  });
  while (!signal.aborted) {
    epoch = new AbortController();
    current = job.now.epoch;
    log.info({ job: id, epoch: current, from: job.now.resumeFrom }, 'decoding');
    try {
      await decodeEpoch(job.now, { ...context, signal: AbortSignal.any([signal, epoch.signal]) });
    } catch (error) {
      const stopped = isAborted(signal);
      if (epoch.signal.aborted && !stopped) continue;
      const reason = stopped ? undefined : permanentError(error);
      if (reason === undefined) throw error;
      log.info({ job: id, code: reason.code, error: reason.message }, 'the film cannot be decoded');
      await endJob(store, id, { state: JobState.FAILED, error: reason });
      return;
    }
    if (hasEnded(job.now.job)) return;
  }
  // Handed back: whoever takes it goes on.
  signal.throwIfAborted();
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;
