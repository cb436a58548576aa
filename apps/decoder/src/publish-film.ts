import { LumaFrame, type FrameId } from '@kinemacolor/contracts';
import { durationMs, type CreditWindow, type StoredJob } from '@kinemacolor/jobs';
import { errorFields } from '@kinemacolor/lifecycle';
import {
  MediaError,
  openLuma,
  requireWholeStream,
  type LumaFrame as DecodedFrame,
  type MediaInfo,
} from '@kinemacolor/media';
import { renderSizeOf, SceneCuts, timed, type TimedFrame } from '@kinemacolor/pipeline';
import { InFlight, publishInWindow, subjectOf } from '@kinemacolor/streaming';
import { jetstream } from '@nats-io/jetstream';
import {
  bordersOf,
  count,
  emitStages,
  FrameSampler,
  METRICS,
  newFrameContext,
  nowUs,
  readTraceparent,
  TRACEPARENT,
  traceparentOf,
  type SpanContext,
} from '@kinemacolor/telemetry';
import type { Place } from './decode-epoch.js';
import type { DecodeContext } from './decode-job.js';
import { LiveOutlet } from './live-outlet.js';

export interface PublishOptions {
  readonly record: StoredJob;
  readonly credit: CreditWindow;
  /** Kept up to date. */
  readonly place: Place;
  readonly context: DecodeContext;
}

const LIVE_DELAY_MS = 2_000;
/** Frames whose receipts may be under way. */
const PUBLISHED_AT_ONCE = 8;

/**
 * Publishes the frames from `place` on, a window ahead of the encoder at most.
 * @returns the error of a film that was cut off, when all that can be read of it has been published
 * @throws MediaError; the signal's reason
 */
export async function publishFilm(
  info: MediaInfo,
  { record, credit, place, context }: PublishOptions,
): Promise<MediaError | undefined> {
  const { connection, config, log, signal } = context;
  const { job, live } = record;
  const size = renderSizeOf(info, job.settings!.renderSize!);
  const stream = jetstream(connection);
  const from = place.nextFrame;
  const maxDelayMs = live?.maxDelay === undefined ? LIVE_DELAY_MS : durationMs(live.maxDelay);
  const onError = (error: unknown): void => {
    log.warn({ job: job.id, ...errorFields(error) }, 'a late frame could not be passed over');
  };
  const outletOptions = { stream, job: job.id, credit, window: config.window, maxDelayMs, ...size, signal, onError };
  const outlet = live === undefined ? undefined : new LiveOutlet(outletOptions);
  // One thread holds no frame back. From the first frame on, whatever is published: shots depend on what came before.
  const threads = live === undefined ? config.threads : 1;
  const reader = await openLuma(info, { ...size, threads, signal });
  let last: DecodedFrame | undefined;
  const publishing = new InFlight(PUBLISHED_AT_ONCE);
  const sampler = new FrameSampler(config.traceFrames);
  const jobTrace = readTraceparent(record.traceparent);
  const tooLong = lengthCheck(info, live === undefined ? config.maxSeconds : Number.POSITIVE_INFINITY);
  try {
    for await (const shotFrame of inShots(timed(reader), size, record, context)) {
      const { frame } = shotFrame;
      last = frame;
      tooLong(frame);
      if (frame.index < from) continue;
      count(METRICS.framesIn, 1);
      const id = frameId(frame, record, info);
      if (outlet === undefined) await credit.roomFor(frame.index, config.window);
      if (outlet === undefined || (await outlet.takes(id))) {
        const sentUs = nowUs();
        const trace = sampler.takes(frame.index) ? newFrameContext(jobTrace) : undefined;
        tellFrame(trace, id, shotFrame, sentUs);
        const data = encodeFrame(id, shotFrame, {
          ...size,
          model: job.settings!.model,
          expiresUs: outlet?.expiresUs ?? 0,
          sentUs,
        });
        const headers = trace === undefined ? {} : { [TRACEPARENT]: traceparentOf(trace) };
        const message = { subject: subjectOf('luma', job.id), id: `${job.id}:${record.epoch}:${frame.index}`, data, headers }; // prettier-ignore
        await publishing.add(async () => {
          await publishInWindow(stream, message, signal);
          count(METRICS.framesOut, 1);
          // Those before it may still be on their way; whoever asks where this is asks again a second later.
          place.nextFrame = Math.max(place.nextFrame, frame.index + 1);
        });
      } else place.nextFrame = Math.max(place.nextFrame, frame.index + 1);
    }
    await publishing.settle();
    signal.throwIfAborted();
    await outlet?.finish();
    return live === undefined && last !== undefined ? cutShort(info, last) : undefined;
  } finally {
    outlet?.close();
    await reader.close();
  }
}

function cutShort(info: MediaInfo, last: DecodedFrame): MediaError | undefined {
  try {
    requireWholeStream(info, last);
    return undefined;
  } catch (error) {
    if (error instanceof MediaError && error.code === 'TRUNCATED') return error;
    throw error;
  }
}

/** A stream may not say how long it is: its length is what has come. */
function lengthCheck(info: MediaInfo, maxSeconds: number): (frame: DecodedFrame) => void {
  const { num, den } = info.video.timeBase;
  let first: bigint | undefined;
  return ({ pts }) => {
    first ??= pts;
    if ((Number(pts - first) * num) / den <= maxSeconds) return;
    throw new MediaError(
      'TOO_LARGE',
      `${info.name}: lasts longer than the limit of ${maxSeconds} s. Cut it into parts.`,
    );
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface ShotFrame {
  readonly frame: TimedFrame;
  /** Shots so far. */
  readonly shot: number;
  /** The version of the model that paints this shot. */
  readonly version: string;
}

async function* inShots(
  frames: AsyncIterable<TimedFrame>,
  { width, height }: Size,
  { job }: StoredJob,
  { pins }: DecodeContext,
): AsyncGenerator<ShotFrame, void> {
  const cuts = new SceneCuts();
  let shot = 0;
  let version = '';
  for await (const frame of frames) {
    if (cuts.isCut(frame.luma, width, height) || frame.index === 0) {
      shot += 1;
      version = await pins.versionFor(job.id, job.settings!.model, frame.index);
    }
    yield { frame, shot, version };
  }
}

function frameId({ index, pts }: DecodedFrame, { job, epoch }: StoredJob, info: MediaInfo): FrameId {
  const { num: numerator, den: denominator } = info.video.timeBase;
  return { jobId: job.id, index, pts: pts.toString(), timeBase: { numerator, denominator }, epoch };
}

interface FrameFacts extends Size {
  readonly model: string;
  readonly expiresUs: number;
  readonly sentUs: number;
}

/** A traced frame's first stages. */
function tellFrame(trace: SpanContext | undefined, id: FrameId, { frame, shot }: ShotFrame, sentUs: number): void {
  const { askedUs, decodedUs } = frame;
  const borders = bordersOf(askedUs, { decode: decodedUs, window: sentUs });
  emitStages(trace, borders, ['decode', 'window'], { job: id.jobId, frame: id.index, epoch: id.epoch, shot });
}

function encodeFrame(id: FrameId, { frame, shot, version }: ShotFrame, facts: FrameFacts): Uint8Array {
  const { luma, askedUs, decodedUs } = frame;
  const message = LumaFrame.create({
    frame: id,
    ...facts,
    luma,
    shot,
    modelVersion: version,
    askedUs,
    decodedUs,
  });
  return LumaFrame.encode(message).finish();
}
