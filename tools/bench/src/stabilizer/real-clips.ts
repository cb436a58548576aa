import { probe } from '@kinemacolor/media';
import { renderSizeFor } from '@kinemacolor/models/render-size';
import { realClip } from '../paths.js';

/** A real clip, and the size at which a model sees it. */
export interface RealClip {
  readonly name: string;
  readonly path: string;
  /** False for black-and-white film, whose true colours nobody knows. */
  readonly coloured: boolean;
  readonly width: number;
  readonly height: number;
}

const CLIPS = { 'bikes.mp4': true, 'cockatoo.mp4': true, 'bw_friday.mp4': false };
/** Short side, pixels: what the models that are shipped are trained for. */
const RENDER_SIDE = 256;

/** Frames of each clip that are looked at. */
export const CLIP_FRAMES = 120;

/** The clips that are there. */
export async function realClips(): Promise<RealClip[]> {
  const there: RealClip[] = [];
  for (const [name, coloured] of Object.entries(CLIPS)) {
    const file = realClip(name);
    if (file === undefined) continue;
    const { video } = await probe({ kind: 'file', path: file });
    there.push({ name, path: file, coloured, ...renderSizeFor(video, RENDER_SIDE) });
  }
  return there;
}
