import { MediaError } from './media-error.js';
import { openRaw } from './open-raw.js';
import { sourceRange } from './source-range.js';
import type { MediaInfo, VideoStream } from './types.js';

/** A part of the upright picture, pixels; `left` and `top` are counted from 0. */
export interface PictureBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** One frame as a survey sees it. */
export interface SurveyFrame {
  /** Number of the decoded frame in the film, from 0. */
  readonly index: number;
  /** width × height bytes, full range. */
  readonly luma: Uint8Array;
  /** What the dark borders of this frame leave at full size; `undefined` when all of it is dark. */
  readonly lit: PictureBox | undefined;
}

export interface SurveyOptions {
  /** Size of the small luma, pixels. */
  readonly width: number;
  readonly height: number;
  readonly signal?: AbortSignal | undefined;
}

/** A line of the border is dark when its mean is at most this, of 255. Bars of old tapes are not quite black. */
const DARK = 20;

/**
 * Every frame of a film, small and grey, with the borders that are dark in it. Files only. The generator's return value
 * is the number of errors that the decoder told.
 * @throws MediaError as `openRaw`; `INVALID_ARGUMENT` for sides that are not whole numbers above 0
 */
export async function* surveyFilm(
  info: MediaInfo,
  options: SurveyOptions,
): AsyncGenerator<SurveyFrame, number, undefined> {
  const { width, height, signal } = options;
  if (![width, height].every((side) => Number.isInteger(side) && side > 0)) {
    throw new MediaError('INVALID_ARGUMENT', `A survey at ${width} × ${height} pixels: give whole numbers above 0.`);
  }
  const { video } = info;
  const filters = [
    // The first one does nothing unless the film changes its size on the way.
    `scale=${video.width}:${video.height}`,
    ...fullRangeGrey(video),
    `cropdetect=limit=${DARK}:round=2:reset=1:skip=0`,
    `scale=${width}:${height}:flags=area`,
    'format=gray',
  ];
  let index = 0;
  const frames = openRaw(info, { filters, frameBytes: width * height, signal });
  try {
    for (;;) {
      const next = await frames.next();
      if (next.done === true) {
        if (index === 0) throw nothingDecoded(info.name);
        return next.value;
      }
      yield { index: index++, luma: next.value.data, lit: litPart(next.value.tags) };
    }
  } finally {
    await frames.return(0);
  }
}

/** swscale expands YUV to the full range when the target is grey, but takes every grey source as full already. */
export function fullRangeGrey(video: VideoStream): readonly string[] {
  const limitedGrey = video.pixelFormat.isGray && sourceRange(video) === 'limited';
  return ['format=gray', ...(limitedGrey ? [`lut=y='clip((val-16)*255/219+0.5,0,255)'`] : [])];
}

function litPart(tags: ReadonlyMap<string, string>): PictureBox | undefined {
  const side = (name: string): number => Number(tags.get(`lavfi.cropdetect.${name}`) ?? NaN);
  const [left, right, top, bottom] = [side('x1'), side('x2'), side('y1'), side('y2')];
  // A frame that is dark all over has its first lit line after its last.
  if (!(right > left && bottom > top)) return undefined;
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

function nothingDecoded(name: string): MediaError {
  const message = `${name}: not one picture could be decoded. Check that it plays elsewhere.`;
  return new MediaError('DAMAGED', message, { path: name, framesReadable: 0 });
}
