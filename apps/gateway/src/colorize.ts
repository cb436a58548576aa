import {
  JobState,
  Progress,
  type ColorizeOptions,
  type ColorizeRequest,
  type ColorizeResponse,
  type DeepPartial,
  type Preview,
} from '@kinemacolor/contracts';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import {
  endJob,
  followJob,
  hasEnded,
  startTasks,
  watchPreviews,
  type FollowedJob,
  type StoredJob,
} from '@kinemacolor/jobs';
import { forgetJob, openByteWriter } from '@kinemacolor/streaming';
import { TRACEPARENT } from '@kinemacolor/telemetry';
import { checkDuration, refuse } from './check-settings.js';
import { followResult } from './follow-result.js';
import type { Gateway } from './gateway.js';
import type { Context } from './guard.js';
import { interleave, quietly } from './interleave.js';
import { notFound } from './job-access.js';
import { makeJob } from './make-job.js';
import { newJobId } from './new-job.js';
import { Newest } from './newest.js';
import { Draining } from './open-calls.js';
import { purgeLeftovers } from './purge.js';
import { noteWhole, receive } from './receive.js';
import { tend, type SourceState } from './tend.js';
import { until } from './until.js';
import { changesOf } from './watch-job.js';

type Answer = DeepPartial<ColorizeResponse>;
type Part = NonNullable<ColorizeResponse['part']>;

/** Most progress that a client is told of: 4 times a second. */
const BETWEEN_PROGRESS_MS = 250;
const LONGEST_DELAY_MS = 60_000;
const GONE_MS = 50;

/**
 * One film as a stream. The job belongs to the stream: it is cancelled when the client goes, and nothing of it is kept once the
 * result is delivered. When this gateway stops first, the job lives on for a while, so that its client can go on with
 * UploadSource and DownloadResult at another one.
 */
export async function* colorize(
  gateway: Gateway,
  requests: AsyncIterable<ColorizeRequest>,
  context: Context,
): AsyncGenerator<Answer, void> {
  const reader = requests[Symbol.asyncIterator]();
  const record = await begin(gateway, await optionsOf(until(reader, context.signal)), context);
  const { id } = record.job;
  let delivered = false;
  let job: FollowedJob | undefined;
  try {
    job = await followJob(gateway.jobs, id);
    if (job === undefined) throw notFound();
    await startTasks(gateway.connection, id);
    yield { part: { $case: 'started', value: record.job } };
    let resultBytes = 0;
    for await (const part of run(gateway, job, reader, context.signal)) {
      if (part.$case === 'result') resultBytes += part.value.byteLength;
      yield { part };
    }
    delivered = true;
    yield { part: { $case: 'finished', value: { ...job.now.job, resultBytes } } };
  } finally {
    job?.close();
    await leave(gateway, id, delivered, context.signal);
  }
}

async function optionsOf(requests: AsyncIterable<ColorizeRequest>): Promise<ColorizeOptions> {
  for await (const { part } of requests) {
    if (part?.$case === 'options') return part.value;
    break;
  }
  return refuse('options', 'The first request must hold the options.');
}

function begin(gateway: Gateway, { settings, label, live }: ColorizeOptions, context: Context): Promise<StoredJob> {
  const { caller, about, metadata } = context;
  const { attachedSeconds, deadlineSeconds } = gateway.config;
  checkDuration('live.max_delay', live?.maxDelay, LONGEST_DELAY_MS);
  const id = newJobId();
  about(id);
  const giveUp = new Date(Date.now() + attachedSeconds * 1000);
  const allowedMs = deadlineSeconds * 1000;
  return makeJob(gateway, { id, caller, settings, label, attached: true, live, giveUp, allowedMs, traceparent: metadata.get(TRACEPARENT) }); // prettier-ignore
}

/** Takes the source and gives the result, both as they come, until the result is whole. */
async function* run(
  gateway: Gateway,
  job: FollowedJob,
  reader: AsyncIterator<ColorizeRequest>,
  client: AbortSignal,
): AsyncGenerator<Part, void> {
  const { connection } = gateway;
  const { id } = job.now.job;
  const stop = new AbortController();
  const stopped = AbortSignal.any([client, stop.signal]);
  const working = AbortSignal.any([stopped, job.ended]);
  const pictures = new Newest<Preview>();
  const showing = watchPreviews(connection, id, (one) => {
    pictures.put(one);
  });
  const source: SourceState = { bytes: 0, lastAt: Date.now(), wholeAt: undefined };
  const parts = async function* (): AsyncGenerator<Part, void> {
    for await (const value of followResult(gateway, job, 0, stopped)) yield { $case: 'result', value };
  };
  const previews = async function* (): AsyncGenerator<Part, void> {
    for await (const value of pictures.values(stopped)) yield { $case: 'preview', value };
  };
  try {
    yield* interleave(
      stop,
      parts(),
      progressOf(job, stopped),
      previews(),
      quietly(takeSource(gateway, job.now, reader, source, working)),
      quietly(tend(gateway, job.now, source, working)),
    );
  } finally {
    showing.close();
  }
}

async function takeSource(
  gateway: Gateway,
  record: StoredJob,
  reader: AsyncIterator<ColorizeRequest>,
  state: SourceState,
  signal: AbortSignal,
): Promise<void> {
  const { id } = record.job;
  const writer = await openByteWriter(gateway.connection, 'source', id);
  const pieces = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const { part } of until(reader, signal)) {
      if (part?.$case !== 'source') return refuse('part', 'After the options come bytes of the source.');
      yield part.value;
    }
  };
  await receive(gateway, record, writer, pieces(), state);
  // A client that goes ends its requests as one that has said all, and that it went is known a moment later: its part of a
  // film must not be taken for a whole one.
  await pause(GONE_MS, undefined, { signal }).catch(() => undefined);
  // Whatever came during a pause that a busy machine made longer is looked at, too.
  for (let turns = 0; turns < 2; turns++) await turn();
  if (signal.aborted) return;
  await writer.finish();
  state.wholeAt = Date.now();
  await noteWhole(gateway, id, writer.kept.bytes);
}

async function* progressOf(job: FollowedJob, signal: AbortSignal): AsyncGenerator<Part, void> {
  let before = Buffer.alloc(0);
  for await (const { job: now } of changesOf(job, signal)) {
    const value = now.progress;
    if (value === undefined) continue;
    const bytes = Buffer.from(Progress.encode(value).finish());
    if (bytes.equals(before)) continue;
    before = bytes;
    yield { $case: 'progress', value };
    // Only the signal ends it early.
    await pause(BETWEEN_PROGRESS_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** What becomes of the job when its stream has ended, however that came. */
async function leave(
  { jobs, connection, config }: Gateway,
  id: string,
  delivered: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (delivered) {
    await forgetJob(connection, id);
  } else if (signal.reason instanceof Draining) {
    const giveUp = new Date(Date.now() + config.attachedSeconds * 1000);
    await jobs.update(id, (now) => (hasEnded(now.job) ? undefined : { ...now, giveUp }));
  } else {
    const ended = await endJob(jobs, id, { state: JobState.CANCELLED });
    if (ended !== undefined) await purgeLeftovers(connection, ended);
  }
}
