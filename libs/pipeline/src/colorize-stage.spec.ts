import { describe, expect, it } from 'vitest';
import type { LumaFrame } from '@kinemacolor/media';
import { colorizeStage } from './colorize-stage.js';

async function* lumaFrames(count: number, pixels: number, start = 0, pulled?: number[]): AsyncGenerator<LumaFrame> {
  for (let index = start; index < start + count; index++) {
    pulled?.push(index);
    yield await Promise.resolve({ index, pts: BigInt(index * 1001), luma: new Uint8Array(pixels).fill(index) });
  }
}

/** Answers with the frames' own bytes so that a mix-up shows; later batches answer sooner. */
function echo(sizes: number[] = []): Parameters<typeof colorizeStage>[1] {
  return {
    colorize: async (luma, { batch }) => {
      sizes.push(batch);
      await new Promise((resolve) => setTimeout(resolve, 20 / sizes.length));
      return { u: Uint8Array.from(luma), v: Uint8Array.from(luma, (level) => 255 - level) };
    },
  };
}

/** How many frames came. */
async function drained(frames: AsyncIterable<unknown>): Promise<number> {
  const iterator = frames[Symbol.asyncIterator]();
  let count = 0;
  while ((await iterator.next()).done !== true) count++;
  return count;
}

const options = { width: 3, height: 2, batch: 4, inFlight: 3 };

describe('colorizeStage', () => {
  it('gives every frame its own chroma, in order, with its time', async () => {
    const seen = [];
    for await (const frame of colorizeStage(lumaFrames(11, 6), echo(), options)) seen.push(frame);
    expect(seen.map(({ index }) => index)).toEqual(Array.from({ length: 11 }, (_, i) => i));
    expect(seen.every(({ index, pts }) => pts === BigInt(index * 1001))).toBe(true);
    expect(seen.every(({ index, u, v }) => u.every((b) => b === index) && v.every((b) => b === 255 - index))).toBe(
      true,
    );
  });

  it('groups the same frames when it starts in the middle', async () => {
    const sizes: number[] = [];
    expect(await drained(colorizeStage(lumaFrames(9, 6, 6), echo(sizes), options))).toBe(9);
    // 6–7, 8–11, 12–14: the borders are multiples of 4 of the film, not of the run.
    expect(sizes).toEqual([2, 4, 3]);
  });

  it('reads no further ahead than the frames in flight', async () => {
    const pulled: number[] = [];
    const stage = colorizeStage(lumaFrames(100, 6, 0, pulled), echo(), options);
    await stage.next();
    expect(pulled.length).toBeLessThanOrEqual(options.batch * (options.inFlight + 1));
    await stage.return();
  });

  it('passes a failure on and ends its source', async () => {
    let ended = false;
    async function* source(): AsyncGenerator<LumaFrame> {
      try {
        yield* lumaFrames(100, 6);
      } finally {
        ended = true;
      }
    }
    const broken = { colorize: () => Promise.reject(new Error('no engine')) };
    await expect(drained(colorizeStage(source(), broken, options))).rejects.toThrow('no engine');
    expect(ended).toBe(true);
  });
});
