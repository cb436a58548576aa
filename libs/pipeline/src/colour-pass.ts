import type { ChromaSink, LumaFrame, LumaReader, MediaInfo } from '@kinemacolor/media';
import { colorizeStage } from './colorize-stage.js';
import type { ColouredFrame } from './colorize-stage.js';
import type { Colorizer } from './colorizer.js';
import type { FilmLatency } from './film-latency.js';
import type { OnProgress } from './progress.js';
import { renderSizeOf } from './render-size.js';
import { SceneCuts } from './scene-cuts.js';
import { batchFor, type ColourSettings } from './settings.js';
import { Stabilizer } from './stabilizer.js';
import { stabilizeStage } from './stabilize-stage.js';
import { ownTimer, type StageTimes } from './stage-times.js';
import { timed } from './timed-frames.js';

/** What the stages work with; made once for a film. */
export interface Stages {
  readonly width: number;
  readonly height: number;
  readonly cuts: SceneCuts;
  readonly stabilizer: Stabilizer;
}

export function makeStages(info: MediaInfo, colorizer: Colorizer, settings: ColourSettings): Stages {
  const { width, height } = renderSizeOf(info, settings.renderSize ?? colorizer.info.renderSize);
  return { width, height, cuts: new SceneCuts(), stabilizer: new Stabilizer(settings.stabilize, width, height) };
}

export interface ColourPassOptions {
  readonly reader: LumaReader;
  readonly sink: ChromaSink;
  readonly colorizer: Colorizer;
  readonly stages: Stages;
  /** Frames that an earlier run has done, and all of them, for progress. */
  readonly done: number;
  readonly total: number | undefined;
  readonly onProgress: OnProgress;
  readonly before?: (index: number) => Promise<void>;
  /** Told where each frame is. */
  readonly latency?: FilmLatency | undefined;
}

export interface ColourPassResult {
  readonly frames: number;
  /** Shots that began in these frames. */
  readonly shots: number;
  /** The last of them; undefined: there was none. */
  readonly last: { readonly index: number; readonly pts: bigint } | undefined;
  readonly decodeErrors: number;
  readonly times: StageTimes;
}

/**
 * decode → colorize → stabilise → encode, each frame on its way as soon as the next stage has room. Whatever fails,
 * both ffmpegs are gone when this returns.
 */
export async function colourPass(options: ColourPassOptions): Promise<ColourPassResult> {
  const { reader, sink, colorizer, stages, done, total, onProgress, before, latency } = options;
  const own = ownTimer();
  let frames = 0;
  let shots = 0;
  let last: ColourPassResult['last'];
  try {
    const coloured = colorizeStage(latency === undefined ? reader : watched(reader, latency), colorizer, {
      ...stages,
      latency,
      batch: batchFor(colorizer.engine.device),
      // One in each thread, the others on their way in or out.
      inFlight: colorizer.workers + 2,
    });
    const inTurn = latency === undefined ? coloured : turns(coloured, latency);
    for await (const frame of stabilizeStage(inTurn, before === undefined ? stages : { ...stages, before })) {
      await sink.write(frame);
      latency?.merged(frame.index);
      frames += 1;
      last = frame;
      if (frame.cut) shots += 1;
      onProgress({ phase: 'colour', frames: done + frames, total });
    }
    const decoded = own().seconds;
    const encoded = await sink.finish();
    latency?.finish();
    await reader.close();
    const { cpuSeconds, decodeErrors } = reader.stats();
    return {
      frames,
      shots,
      last,
      decodeErrors,
      times: {
        decode: { seconds: decoded, cpuSeconds },
        colorize: own(),
        encode: { seconds: encoded.wallSeconds, cpuSeconds: encoded.cpuSeconds },
      },
    };
  } catch (error) {
    await Promise.allSettled([reader.close(), sink.abort()]);
    throw error;
  }
}

async function* watched(reader: LumaReader, latency: FilmLatency): AsyncGenerator<LumaFrame, void> {
  for await (const frame of timed(reader)) {
    latency.decoded(frame);
    yield frame;
  }
}

async function* turns(frames: AsyncIterable<ColouredFrame>, latency: FilmLatency): AsyncGenerator<ColouredFrame, void> {
  for await (const frame of frames) {
    latency.turn(frame.index);
    yield frame;
  }
}
