import { filmName, LIVE_FIRST_BYTES, raiseEpoch, tellCredit, type FollowedJob } from '@kinemacolor/jobs';
import { errorFields } from '@kinemacolor/lifecycle';
import {
  MediaError,
  openFilmMux,
  openFilmStream,
  openSegmentSink,
  type FilmMux,
  type SegmentSink,
} from '@kinemacolor/media';
import {
  encodeOptions,
  packTemporalState,
  renderSizeOf,
  restoreTemporalState,
  SceneCuts,
  Stabilizer,
  stabilizeStage,
} from '@kinemacolor/pipeline';
import { readBytes } from '@kinemacolor/streaming';
import { count, METRICS, readTraceparent } from '@kinemacolor/telemetry';
import { chromaInOrder } from './chroma-in-order.js';
import type { EncodeContext } from './encode-job.js';
import { stageSettings } from './encode-settings.js';
import { FrameLatency } from './frame-latency.js';
import { FrameOrder } from './frame-order.js';
import type { KeptSegments } from './kept-segments.js';
import { watchForLoss } from './lost-frames.js';
import { previewer } from './previews.js';
import { ProgressCounter, tellProgress } from './progress.js';
import { writeResult } from './result-writer.js';
import { ShotQuality, type Painter } from './shot-quality.js';

export interface EncodeFilmOptions extends EncodeContext {
  readonly job: FollowedJob;
  readonly kept: KeptSegments;
  /** Whether these are all: only the result is to be made of them. */
  readonly complete: boolean;
  /** The job's: what `job` knows of it may be older. */
  readonly epoch: number;
  /** Who this encoder is, in the job's record. */
  readonly encoder: string;
  readonly folder: string;
}

/**
 * chroma → smoothing → segments → result. The three run side by side, each held back by the next; when one fails, all end.
 * @throws MediaError, ResultDiffers, StreamingError, Replaced; the signal's reason
 */
export async function encodeFilm(options: EncodeFilmOptions): Promise<void> {
  const { bus, job, kept, complete, folder, config, log } = options;
  const { id, settings } = job.now.job;
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const { encode, container, saturation, stabilize, renderSize } = stageSettings(settings!);
  const isLive = job.now.live !== undefined;
  const bytes = readBytes(bus.connection, 'source', id, { signal, ...(isLive ? { keep: LIVE_KEPT_BYTES } : {}) });
  const firstBytes = isLive ? LIVE_FIRST_BYTES : undefined;
  const name = filmName(job.now.job);
  // The encoder, unless its work is done, and the mux for everything but the picture.
  const source = await openFilmStream(bytes, { name, readers: complete ? 1 : 2, firstBytes, signal });
  const onError = (error: unknown): void => {
    log.warn({ job: id, ...errorFields(error) }, 'beside the encoding');
  };
  const ends: { sink?: SegmentSink; mux?: FilmMux } = {};
  try {
    const { info } = source;
    const size = renderSizeOf(info, renderSize);
    const segmentFrames = isLive ? LIVE_SEGMENT_FRAMES : config.segmentFrames;
    const latency = new FrameLatency(readTraceparent(job.now.traceparent));
    const onEncoded = (frames: number): void => {
      latency.encoded(kept.nextFrame + frames);
    };
    const common = {
      ...size,
      ...encodeOptions(encode),
      lowDelay: isLive,
      threads: config.threads,
      segmentFrames,
      onEncoded,
    };
    if (!complete)
      ends.sink = await openSegmentSink(info, { ...common, saturation, startFrame: kept.nextFrame, folder, signal });
    const { sink } = ends;
    const mux = await openFilmMux(info, { container, codec: encode.codec ?? 'h264', folder, signal });
    ends.mux = mux;
    const temporal = { ...size, cuts: new SceneCuts(), stabilizer: new Stabilizer(stabilize, size.width, size.height) };
    if (kept.state !== undefined) restoreTemporalState(kept.state, temporal.cuts, temporal.stabilizer);
    const counter = new ProgressCounter(kept.nextFrame, latency);
    const states = new Map<number, Buffer>();
    const work = [
      ...(sink === undefined
        ? []
        : [colourFrames(options, { sink, temporal, counter, states, segmentFrames, signal })]),
      keepSegments(options, { sink, mux, counter, states }),
      writeResult(bus.connection, id, mux.output, {
        signal,
        onWritten: (written) => {
          counter.resultBytes = written;
        },
      }),
    ];
    // The first failure ends the others, which then fail of it; so does the signal.
    for (const part of work) part.catch((error: unknown) => { failed.abort(error); }); // prettier-ignore
    const endAll = (): void => {
      Promise.all([sink?.abort(), mux.abort()]).catch(onError);
    };
    signal.addEventListener('abort', endAll);
    if (signal.aborted) endAll();
    const progress = tellProgress(options.store, id, counter, onError);
    try {
      await Promise.all(work);
    } finally {
      await Promise.allSettled(work);
      await progress.stop();
    }
    audit(job, counter.encoded);
  } catch (error) {
    await Promise.allSettled([ends.sink?.abort(), ends.mux?.abort()]);
    options.signal.throwIfAborted();
    throw failed.signal.aborted ? failed.signal.reason : error;
  } finally {
    await source.close();
  }
}

/** A live film comes out in pieces of so many frames. */
const LIVE_SEGMENT_FRAMES = 12;
/** Of a live source, behind the encoder: the decoder may be somewhat behind it. */
const LIVE_KEPT_BYTES = 32 * 2 ** 20;

interface Stages {
  readonly counter: ProgressCounter;
  /** What the smoothing remembers at the end of each segment that is under way. */
  readonly states: Map<number, Buffer>;
}

interface Colouring extends Stages {
  readonly sink: SegmentSink;
  readonly temporal: Parameters<typeof stabilizeStage>[1];
  readonly segmentFrames: number;
  readonly signal: AbortSignal;
}

/** Brings the frames in order into the encoder, and tells the decoder how far it is. */
async function colourFrames(
  options: EncodeFilmOptions,
  { sink, temporal, counter, states, segmentFrames, signal }: Colouring,
): Promise<void> {
  const { bus, store, job, kept, encoder, log } = options;
  const { connection } = bus;
  const { id } = job.now.job;
  const order = new FrameOrder(kept.nextFrame);
  let { epoch } = options;
  const credit = tellCredit(connection, id, { epoch, nextFrame: order.next });
  const show = previewer(connection, id, (error) => {
    log.warn({ job: id, ...errorFields(error) }, 'a preview could not be shown');
  });
  const quality = new ShotQuality(temporal.width, temporal.height);
  let painter: Painter = { model: '', modelVersion: '' };
  const done = new AbortController();
  const watching = watchForLoss({
    connection,
    job: id,
    place: () => ({ epoch, next: order.next }),
    onLoss: async (next) => {
      // The decoder of a live stream passes over what is late.
      if (job.now.live !== undefined) return;
      const record = await raiseEpoch(store, id, { encoder, from: next });
      if (record === undefined) return;
      log.warn({ job: id, from: next }, 'frames were lost; they are made again');
      count(METRICS.framesRemade, 1);
      ({ epoch } = record);
      credit.now({ epoch, nextFrame: order.next });
    },
    signal: AbortSignal.any([signal, done.signal]),
  });
  const frames = chromaInOrder({
    bus,
    job,
    order,
    signal,
    onArrival: (frame, trace) => {
      count(METRICS.framesIn, 1);
      counter.latency.arrived(frame, trace);
    },
    onFrame: (frame) => {
      counter.frame(frame);
      counter.latency.turn(frame.frame!.index);
      if (frame.held) count(METRICS.framesHeld, 1);
      painter = frame;
      show(frame);
    },
    onRoom: () => {
      credit.now({ epoch, nextFrame: order.next });
    },
  });
  const before = (index: number): Promise<void> => {
    const border = index % segmentFrames === 0 && index > kept.nextFrame;
    if (border) states.set(index, packTemporalState(temporal.cuts, temporal.stabilizer));
    return Promise.resolve();
  };
  try {
    const feeding = (async () => {
      for await (const frame of stabilizeStage(frames, { ...temporal, before })) {
        quality.add(frame, painter);
        await sink.write(frame);
        counter.latency.merged(frame.index);
      }
      quality.end();
    })();
    await Promise.race([feeding, watching.then(() => feeding)]);
    states.set(order.next, packTemporalState(temporal.cuts, temporal.stabilizer));
    await sink.finish();
  } finally {
    done.abort();
    credit.close();
    count(METRICS.framesDuplicate, order.duplicates);
    if (order.duplicates > 0) log.info({ job: id, duplicates: order.duplicates }, 'frames came more than once');
  }
}

/** Keeps each segment where another encoder finds it, and only then gives it out. */
async function keepSegments(
  { kept, job }: EncodeFilmOptions,
  { sink, mux, counter, states }: Stages & { readonly sink: SegmentSink | undefined; readonly mux: FilmMux },
): Promise<void> {
  for (const path of kept.paths) await mux.add(path);
  for await (const { startFrame, frames, path } of sink?.segments ?? []) {
    const end = startFrame + frames;
    const state = states.get(end);
    if (state === undefined) throw new Error(`What the smoothing remembers at frame ${end} is not there.`);
    // Nobody goes on with a live stream: what is not shown now is late.
    if (job.now.live === undefined) await kept.log.append({ firstFrame: startFrame, frames, state, path });
    for (const place of states.keys()) if (place <= end) states.delete(place);
    counter.encoded = end;
    counter.latency.kept(end);
    await mux.add(path);
    count(METRICS.framesOut, frames);
  }
  await mux.finish();
}

/** Nothing may be missing: the film has as many frames as the decoder found. */
function audit({ now }: FollowedJob, encoded: number): void {
  if (now.framesTotal === encoded) return;
  const message = `The film has ${now.framesTotal ?? 'an unknown number of'} frames, and ${encoded} were encoded.`;
  throw new MediaError('FRAME_MISMATCH', message);
}
