import { surveyFilm, type MediaInfo, type PictureBox } from '@kinemacolor/media';
import type { ExtractOptions } from './extract-options.js';
import { Letterbox } from './letterbox.js';

/** Short side, pixels, at which cuts are looked for. */
const SURVEY_SIDE = 96;

/** What is known of a film before pictures are taken from it. */
export interface Survey {
  readonly frames: number;
  /** First frame of each shot, rising; the first is 0. */
  readonly shotStarts: readonly number[];
  /** The picture inside its bars; `undefined` when there are none. */
  readonly crop: PictureBox | undefined;
  readonly decodeErrors: number;
}

/** Looks at every frame once: cuts and borders. @throws MediaError */
export async function survey(info: MediaInfo, options: ExtractOptions): Promise<Survey> {
  const { cuts, signal, onProgress } = options;
  const { width, height, expectedFrames: total } = info.video;
  const scale = Math.min(1, SURVEY_SIDE / Math.min(width, height));
  const small = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const letterbox = new Letterbox({ width, height });
  const shotStarts: number[] = [];
  let frames = 0;
  const reader = surveyFilm(info, { ...small, signal });
  try {
    for (;;) {
      const next = await reader.next();
      if (next.done === true) return { frames, shotStarts, crop: letterbox.crop(), decodeErrors: next.value };
      const { index, luma, lit } = next.value;
      letterbox.add(lit);
      // The detector is asked about every frame, the first one too, which begins a shot whatever it says.
      if (cuts.isCut(luma, small.width, small.height) || index === 0) shotStarts.push(index);
      frames = index + 1;
      onProgress?.({ phase: 'survey', frames, total });
    }
  } finally {
    await reader.return(0);
  }
}

/** Number of the shot, from 0, that a frame is in. */
export function shotOf(frame: number, shotStarts: readonly number[]): number {
  let [low, high] = [0, shotStarts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (shotStarts[middle]! <= frame) low = middle;
    else high = middle;
  }
  return low;
}

/** How many multiples of `every` are in a shot. */
export function candidatesOf(shot: number, { shotStarts, frames }: Survey, every: number): number {
  const upTo = (frame: number): number => Math.ceil(frame / every);
  return upTo(shotStarts[shot + 1] ?? frames) - upTo(shotStarts[shot]!);
}
