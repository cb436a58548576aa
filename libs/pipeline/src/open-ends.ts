import {
  openChromaSink,
  openLuma,
  type ChromaSink,
  type LumaReader,
  type MediaInfo,
  type SinkTarget,
} from '@kinemacolor/media';
import type { Stages } from './colour-pass.js';
import type { FilmLatency } from './film-latency.js';
import { encodeOptions, SEGMENT_FRAMES, type ColourSettings, type EncodeSettings } from './settings.js';

export interface EndsOptions {
  readonly stages: Stages;
  readonly colour: ColourSettings;
  readonly encode: EncodeSettings;
  readonly target: SinkTarget;
  /** First frame to colour. Default 0. */
  readonly startFrame?: number;
  readonly latency?: FilmLatency | undefined;
  readonly signal: AbortSignal;
}

/** Both ends of a pass over a film: the ffmpeg that reads luma and the one that takes chroma. Either both or none. */
export async function openEnds(
  info: MediaInfo,
  { stages: { width, height }, colour, encode, target, startFrame = 0, latency, signal }: EndsOptions,
): Promise<{ reader: LumaReader; sink: ChromaSink }> {
  const reader = await openLuma(info, { width, height, startFrame, signal });
  try {
    const { saturation } = colour;
    const options = {
      ...encodeOptions(encode),
      width,
      height,
      saturation,
      segmentFrames: SEGMENT_FRAMES,
      target,
      ...(latency === undefined ? {} : { onEncoded: (frames: number) => { latency.encoded(startFrame + frames); } }), // prettier-ignore
      signal,
    };
    return { reader, sink: await openChromaSink(info, options) };
  } catch (error) {
    await reader.close();
    throw error;
  }
}
