import { setTimeout as pause } from 'node:timers/promises';
import type { ChromaBytes } from '@kinemacolor/models';
import type { Painter } from '../painter.js';

export interface StandInOptions {
  /** What painting one frame takes, milliseconds. */
  readonly frameMs: number;
  /** A frame whose first 8 × 8 pixels are all about so bright kills the process. */
  readonly poison: number | undefined;
}

const BLOCK = 8;
/** A film that was encoded and scaled has not quite the brightness that was drawn. */
const ABOUT = 3;

/**
 * Paints as a generator would, one batch after the other and each in a fixed time, without computing: for measuring what is
 * around it. The colours of a pixel depend on its luma alone.
 */
export function standInPainter({ frameMs, poison }: StandInOptions): Painter {
  let freeAt = 0;
  let isDead = false;
  return {
    workers: 1,
    batch: 1,
    get isDead() {
      return isDead;
    },
    paint: async (luma, { batch, width, height }) => {
      const pixels = width * height;
      for (let frame = 0; frame < batch; frame++) {
        if (poison !== undefined && hasMark(luma.subarray(frame * pixels), width, poison)) process.kill(process.pid, 'SIGKILL'); // prettier-ignore
      }
      // From the moment when it was free: a timer that fires late does not make the next frame later.
      freeAt = Math.max(freeAt, performance.now()) + batch * frameMs;
      await pause(Math.max(0, freeAt - performance.now()));
      return painted(luma);
    },
    close: () => {
      isDead = true;
      return Promise.resolve();
    },
  };
}

const U = Uint8Array.from({ length: 256 }, (_, value) => 128 + ((value - 128) >> 2));
const V = Uint8Array.from({ length: 256 }, (_, value) => 144 - ((value - 128) >> 2));

function painted(luma: Uint8Array): ChromaBytes {
  const [u, v] = [new Uint8Array(luma.length), new Uint8Array(luma.length)];
  for (let i = 0; i < luma.length; i++) {
    u[i] = U[luma[i]!]!;
    v[i] = V[luma[i]!]!;
  }
  return { u, v };
}

function hasMark(luma: Uint8Array, width: number, mark: number): boolean {
  for (let y = 0; y < BLOCK; y++) {
    for (let x = 0; x < BLOCK; x++) if (Math.abs(luma[y * width + x]! - mark) > ABOUT) return false;
  }
  return true;
}
