import { openLuma, probe } from '@kinemacolor/media';
import { generateChroma, renderSizeFor, type Forward, type GeneratorConfig } from '@kinemacolor/models';
import { Flicker } from '@kinemacolor/quality';
import { breath } from './breath.js';

/** Small grey frames of a film, and the size that they have. */
export interface ClipFrames {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly Uint8Array[];
}

/** Frames that are looked at: two seconds say enough of flicker, and each costs a run of the generator. */
const FRAMES = 48;

/** Reads the first frames of a film. @throws MediaError */
export async function readClip(file: string, renderShort: number): Promise<ClipFrames> {
  const info = await probe(file);
  const { width, height } = renderSizeFor({ width: info.video.width, height: info.video.height }, renderShort);
  const reader = await openLuma(info, { width, height });
  const frames: Uint8Array[] = [];
  for await (const { luma } of reader) {
    frames.push(Uint8Array.from(luma));
    if (frames.length === FRAMES) break;
  }
  await reader.close();
  return { width, height, frames };
}

/** Flicker of the generator's own chroma, before any stabiliser: levels, 0 is steady. Cuts count, the same in every model. */
export async function clipFlicker(
  { width, height, frames }: ClipFrames,
  forward: Forward,
  config: GeneratorConfig,
  signal?: AbortSignal,
): Promise<number> {
  const meter = new Flicker();
  for (const y of frames) {
    await breath(signal);
    const { u, v } = await generateChroma(forward, config, y, { batch: 1, width, height });
    meter.add({ width, height, y, u, v });
  }
  return meter.value();
}
