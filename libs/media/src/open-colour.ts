import { sourceMatrix } from './chroma-table.js';
import { MediaError } from './media-error.js';
import { openRaw } from './open-raw.js';
import { sourceRange } from './source-range.js';
import { fullRangeGrey, type PictureBox } from './survey-film.js';
import type { MediaInfo, VideoStream } from './types.js';

export interface ColourOptions {
  /** Takes frame 0 and every so many-th after it. */
  readonly every: number;
  /** What is taken of each picture; default all. */
  readonly crop?: PictureBox | undefined;
  /** Size of the pictures that are given, pixels. */
  readonly width: number;
  readonly height: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ColourFrame {
  /** Number of the decoded frame in the film, from 0. */
  readonly index: number;
  /** Seconds since the beginning of the film's own clock. */
  readonly seconds: number;
  /** height × width × 3 bytes of sRGB-coded RGB. */
  readonly rgb: Uint8Array;
}

/**
 * Every n-th frame of a film in colour: cropped, scaled, upright, deinterlaced where the film says that it is
 * interlaced. Files only. Frames are numbered as `openLuma` and `surveyFilm` number them.
 * @throws MediaError as `openRaw`; `INVALID_ARGUMENT` for numbers that are not whole and above 0
 */
export async function* openColour(info: MediaInfo, options: ColourOptions): AsyncGenerator<ColourFrame> {
  const { every, width, height, signal } = options;
  const { video } = info;
  const { left, top, ...box } = options.crop ?? { left: 0, top: 0, width: video.width, height: video.height };
  if (![every, width, height, box.width, box.height].every((value) => Number.isInteger(value) && value > 0)) {
    throw new MediaError('INVALID_ARGUMENT', 'Pictures of a film: give whole numbers above 0.');
  }
  const filters = [
    `scale=${video.width}:${video.height}`,
    ...deinterlaced(video),
    `select='not(mod(n,${every}))'`,
    `crop=${box.width}:${box.height}:${left}:${top}:exact=1`,
    ...toRgb(video, width, height),
  ];
  let index = 0;
  const { num, den } = video.timeBase;
  for await (const { pts, data } of openRaw(info, { filters, frameBytes: width * height * 3, signal })) {
    yield { index, seconds: (Number(pts) * num) / den, rgb: data };
    index += every;
  }
}

function deinterlaced({ fieldOrder, timeBase }: VideoStream): readonly string[] {
  if (!['tt', 'bb', 'tb', 'bt'].includes(fieldOrder)) return [];
  // It counts in half ticks.
  return ['yadif=deint=interlaced', `settb=${timeBase.num}/${timeBase.den}`];
}

function toRgb(video: VideoStream, width: number, height: number): readonly string[] {
  const scale = `scale=${width}:${height}:flags=lanczos+accurate_rnd+full_chroma_int`;
  if (video.pixelFormat.isGray) return [...fullRangeGrey(video), scale, 'format=rgb24'];
  if (video.pixelFormat.isRgb) return [scale, 'format=rgb24'];
  const range = sourceRange(video) === 'limited' ? 'tv' : 'pc';
  return [`${scale}:in_color_matrix=${sourceMatrix(video)}:in_range=${range}`, 'format=rgb24'];
}
