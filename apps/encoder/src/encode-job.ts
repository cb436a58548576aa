import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { JobState } from '@kinemacolor/contracts';
import {
  endJob,
  interruptedBy,
  permanentError,
  raiseEpoch,
  Replaced,
  takeOver,
  wholeResult,
  type FollowedJob,
  type JobStore,
} from '@kinemacolor/jobs';
import { makeScratchFolder } from '@kinemacolor/media';
import type { Log } from '@kinemacolor/lifecycle';
import { keptBytes, type Bus } from '@kinemacolor/streaming';
import { count, METRICS } from '@kinemacolor/telemetry';
import type { EncoderConfig } from './config.js';
import { endChroma } from './chroma-in-order.js';
import { encodeFilm } from './encode-film.js';
import { openKeptSegments } from './kept-segments.js';
import { ResultDiffers } from './result-writer.js';

export interface EncodeContext {
  readonly bus: Bus;
  readonly store: JobStore;
  readonly config: EncoderConfig;
  readonly log: Log;
  /** The job has ended, or this process is to stop. */
  readonly signal: AbortSignal;
}

/**
 * Encodes a job's film to its end, from where an encoder before it stopped.
 * @throws Replaced when another encoder has taken the job over
 */
export async function encodeJob(job: FollowedJob, context: EncodeContext): Promise<void> {
  const over = (): Promise<void> => endChroma(context.bus.connection, job.now.job.id);
  try {
    await encodeToEnd(job, context);
  } catch (error) {
    // Whoever goes on takes from the same queue.
    if (job.ended.aborted) await over();
    throw error;
  }
  await over();
}

async function encodeToEnd(job: FollowedJob, context: EncodeContext): Promise<void> {
  const { bus, store, config, log, signal } = context;
  const { id } = job.now.job;
  const encoder = randomUUID();
  const folder = await makeScratchFolder('encode', config.scratch);
  const replaced = new AbortController();
  try {
    const first = job.now.encoder === '';
    if (!first && job.now.live !== undefined) {
      await endJob(store, id, interruptedBy('encoder'));
      return;
    }
    const record = await takeOver(store, id, encoder);
    if (record === undefined) return;
    job.onChange((now) => {
      if (now.encoder !== encoder) replaced.abort(new Replaced(`Another encoder has job ${id}.`));
    });
    if (!(await keptBytes(bus.connection, 'result', id)).whole) {
      const working = AbortSignal.any([signal, replaced.signal]);
      const kept = await openKeptSegments(bus.connection, id, folder, working);
      // An encoder before it has encoded it all: only the result is missing.
      const complete = record.framesTotal === kept.nextFrame;
      let { epoch } = record;
      if (!first && !complete) {
        const raised = await raiseEpoch(store, id, { encoder, from: kept.nextFrame });
        // Or the job has ended: whoever gets the task next will see.
        if (raised === undefined) throw new Replaced(`Another encoder has job ${id}.`);
        ({ epoch } = raised);
        count(METRICS.framesRemade, 1);
      }
      log.info({ job: id, from: kept.nextFrame, complete }, 'encoding');
      await encodeFilm({ job, kept, complete, epoch, encoder, folder, ...context, signal: working });
    }
    await endJob(store, id, wholeResult(job.now));
    log.info({ job: id }, 'encoded');
  } catch (error) {
    replaced.signal.throwIfAborted();
    const reason =
      error instanceof ResultDiffers
        ? { code: error.grpcCode, message: error.message, frame: undefined }
        : permanentError(error);
    if (signal.aborted || reason === undefined) throw error;
    log.info({ job: id, code: reason.code, error: reason.message }, 'the film cannot be encoded');
    await endJob(store, id, { state: JobState.FAILED, error: reason });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
