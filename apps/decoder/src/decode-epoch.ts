import { setTimeout as pause } from 'node:timers/promises';
import { JobState, LumaFrame, Progress } from '@kinemacolor/contracts';
import { answerWhereabouts, followCredit, hasEnded, type StoredJob } from '@kinemacolor/jobs';
import { openFilmStream, openLuma, type LumaFrame as DecodedFrame, type MediaInfo } from '@kinemacolor/media';
import { renderSizeOf, SceneCuts } from '@kinemacolor/pipeline';
import { publishInWindow, readBytes, subjectOf } from '@kinemacolor/streaming';
import { jetstream } from '@nats-io/jetstream';
import type { DecodeContext } from './decode-job.js';

/**
 * Decodes the film once, publishing every frame from the record's `resumeFrom` on, and then stands by until the signal: frames
 * that get lost may be asked for again.
 * @throws MediaError; the signal's reason
 */
export async function decodeEpoch(record: StoredJob, context: DecodeContext): Promise<void> {
  const { connection, store, config, signal } = context;
  const { epoch, resumeFrom: from } = record;
  const { id } = record.job;
  const limits = { maxPixels: config.maxPixels, maxDurationSeconds: config.maxSeconds };
  const place = { epoch, nextFrame: from };
  const whereabouts = answerWhereabouts(connection, id, () => place);
  const credit = followCredit(connection, id, { epoch, next: from, signal });
  const telling = setInterval(() => {
    // What is missed is told a second later; an error that lasts is met by the publishing.
    tellDecoded(context, id, place.nextFrame).catch(() => undefined);
  }, TELL_MS);
  try {
    const bytes = readBytes(connection, 'source', id, { signal });
    const source = await openFilmStream(bytes, { name: 'the film', readers: 1, limits, signal });
    try {
      await store.update(id, (now) => begun(now, source.info));
      await publishFilm(source.info);
    } finally {
      await source.close();
    }
    signal.throwIfAborted();
    await store.update(id, (now) => {
      const counted = { framesDecoded: place.nextFrame, framesTotal: place.nextFrame };
      const progress = Progress.create({ ...now.job.progress, ...counted });
      return hasEnded(now.job) ? undefined : { ...now, framesTotal: place.nextFrame, job: { ...now.job, progress } };
    });
    await pause(FOREVER_MS, undefined, { signal });
  } finally {
    clearInterval(telling);
    credit.close();
    whereabouts.close();
  }

  async function publishFilm(info: MediaInfo): Promise<void> {
    const size = renderSizeOf(info, record.job.settings!.renderSize!);
    const stream = jetstream(connection);
    // From the first frame on, whatever is published: where shots begin depends on what came before.
    const reader = await openLuma(info, { ...size, threads: config.threads, signal });
    try {
      for await (const { frame, shot, version } of inShots(reader, size, record, context)) {
        if (frame.index < from) continue;
        await credit.roomFor(frame.index, config.window);
        const data = encodeFrame(frame, { record, info, size, shot, version });
        await publishInWindow(
          stream,
          { subject: subjectOf('luma', id), id: `${id}:${epoch}:${frame.index}`, data },
          signal,
        );
        place.nextFrame = frame.index + 1;
      }
    } finally {
      await reader.close();
    }
  }
}

const TELL_MS = 1000;
const FOREVER_MS = 2 ** 31 - 1;

interface Size {
  readonly width: number;
  readonly height: number;
}

interface ShotFrame {
  readonly frame: DecodedFrame;
  /** Shots so far. */
  readonly shot: number;
  /** The version of the model that paints this shot. */
  readonly version: string;
}

async function* inShots(
  frames: AsyncIterable<DecodedFrame>,
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

interface FrameFacts extends Omit<ShotFrame, 'frame'> {
  readonly record: StoredJob;
  readonly info: MediaInfo;
  readonly size: Size;
}

function encodeFrame(frame: DecodedFrame, { record, info, size, shot, version }: FrameFacts): Uint8Array {
  const { num, den } = info.video.timeBase;
  const { id, settings } = record.job;
  return LumaFrame.encode(
    LumaFrame.create({
      frame: {
        jobId: id,
        index: frame.index,
        pts: frame.pts.toString(),
        timeBase: { numerator: num, denominator: den },
        epoch: record.epoch,
      },
      ...size,
      luma: frame.luma,
      shot,
      model: settings!.model,
      modelVersion: version,
      decodedUs: Date.now() * 1000,
    }),
  ).finish();
}

function begun(now: StoredJob, info: MediaInfo): StoredJob | undefined {
  if (hasEnded(now.job)) return undefined;
  const { expectedFrames } = info.video;
  const progress = Progress.create({ framesTotal: expectedFrames, ...now.job.progress });
  return { ...now, job: { ...now.job, state: JobState.RUNNING, progress } };
}

async function tellDecoded({ store }: DecodeContext, id: string, framesDecoded: number): Promise<void> {
  await store.update(id, (now) => {
    if (hasEnded(now.job) || (now.job.progress?.framesDecoded ?? 0) >= framesDecoded) return undefined;
    return { ...now, job: { ...now.job, progress: Progress.create({ ...now.job.progress, framesDecoded }) } };
  });
}
