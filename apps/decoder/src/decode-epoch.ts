import { setTimeout as pause } from 'node:timers/promises';
import { JobState, Progress, type JobError } from '@kinemacolor/contracts';
import {
  answerWhereabouts,
  filmName,
  followCredit,
  hasEnded,
  LIVE_FIRST_BYTES,
  permanentError,
  type StoredJob,
} from '@kinemacolor/jobs';
import { openFilmStream, type MediaError, type MediaInfo } from '@kinemacolor/media';
import { readBytes } from '@kinemacolor/streaming';
import type { DecodeContext } from './decode-job.js';
import { publishFilm } from './publish-film.js';

/** How far a decoding is; told to whoever asks. */
export interface Place {
  readonly epoch: number;
  /** The frame that is published next. */
  nextFrame: number;
}

/**
 * Decodes the film once, publishing every frame from the record's `resumeFrom` on, and then stands by until the signal: frames
 * that get lost may be asked for again.
 * @throws MediaError; the signal's reason
 */
export async function decodeEpoch(record: StoredJob, context: DecodeContext): Promise<void> {
  const { connection, store, config, signal } = context;
  const { epoch, resumeFrom } = record;
  const { id } = record.job;
  // A stream without an end has no length.
  const maxSeconds = record.live === undefined ? { maxDurationSeconds: config.maxSeconds } : {};
  const limits = { maxPixels: config.maxPixels, ...maxSeconds };
  const place: Place = { epoch, nextFrame: resumeFrom };
  const whereabouts = answerWhereabouts(connection, id, () => place);
  const credit = followCredit(connection, id, { epoch, next: resumeFrom, signal });
  const telling = setInterval(() => {
    // What is missed is told a second later; an error that lasts is met by the publishing.
    tellDecoded(context, id, place.nextFrame).catch(() => undefined);
  }, TELL_MS);
  try {
    const bytes = readBytes(connection, 'source', id, { signal });
    const firstBytes = record.live === undefined ? undefined : LIVE_FIRST_BYTES;
    const name = filmName(record.job);
    const source = await openFilmStream(bytes, { name, readers: 1, limits, firstBytes, signal });
    let lacks: MediaError | undefined;
    try {
      await store.update(id, (now) => begun(now, source.info));
      lacks = await publishFilm(source.info, { record, credit, place, context });
    } finally {
      await source.close();
    }
    signal.throwIfAborted();
    // Who uploads can do so again; of a stream the client gets what there is, before it is told.
    if (lacks !== undefined && !record.attached) throw lacks;
    const cutShort = permanentError(lacks);
    await store.update(id, (now) => ended(now, place.nextFrame, cutShort));
    await pause(FOREVER_MS, undefined, { signal });
  } finally {
    clearInterval(telling);
    credit.close();
    whereabouts.close();
  }
}

const TELL_MS = 1000;
const FOREVER_MS = 2 ** 31 - 1;

function begun(now: StoredJob, info: MediaInfo): StoredJob | undefined {
  if (hasEnded(now.job)) return undefined;
  const { expectedFrames } = info.video;
  const framesTotal = now.live === undefined ? expectedFrames : undefined;
  const progress = Progress.create({ framesTotal, ...now.job.progress });
  return { ...now, job: { ...now.job, state: JobState.RUNNING, progress } };
}

function ended(now: StoredJob, frames: number, cutShort: JobError | undefined): StoredJob | undefined {
  if (hasEnded(now.job)) return undefined;
  const progress = Progress.create({ ...now.job.progress, framesDecoded: frames, framesTotal: frames });
  return { ...now, framesTotal: frames, cutShort, job: { ...now.job, progress } };
}

async function tellDecoded({ store }: DecodeContext, id: string, framesDecoded: number): Promise<void> {
  await store.update(id, (now) => {
    if (hasEnded(now.job) || (now.job.progress?.framesDecoded ?? 0) >= framesDecoded) return undefined;
    return { ...now, job: { ...now.job, progress: Progress.create({ ...now.job.progress, framesDecoded }) } };
  });
}
