import { normal, smoothField } from './random.js';
import type { Planes } from './scene.js';

/** Planes as the pipeline has them: bytes. */
export interface BytePlanes {
  readonly luma: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

/** Standard deviation, levels, at the corners of the cells. */
const CHROMA_LEVELS = 6;
const CELL = 20;
const GRAIN_LEVELS = 1;

/**
 * Gives frames the faults that film and generator give them: fine grain in the luma, and chroma that is off by broad
 * patches which are others in each frame.
 */
export class FrameNoise {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = normal(seed);
  }

  grain({ y }: Planes): Uint8Array {
    return Uint8Array.from(y, (level) => byte(level + GRAIN_LEVELS * this.next()));
  }

  patches(plane: Float32Array | Uint8Array, width: number, height: number): Uint8Array {
    const noise = smoothField(width, height, CELL, this.next);
    return Uint8Array.from(plane, (level, i) => byte(level + CHROMA_LEVELS * noise[i]!));
  }
}

/** The nearest byte. */
export const byte = (level: number): number => Math.min(255, Math.max(0, Math.round(level)));
