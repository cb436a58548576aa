import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import type { Forward } from './chroma-function.js';
import { generateChroma } from './chroma-generator.js';
import { GENERATOR_PRESETS } from './generator-config.js';

const { fast, seed } = GENERATOR_PRESETS;
const SIZE = { batch: 2, width: 12, height: 8 };
const PIXELS = 2 * 12 * 8;
/** Every byte from 0 to 191: no two pixels alike, so that a pixel in the wrong place shows. */
const LUMA = Uint8Array.from({ length: PIXELS }, (_, at) => at);

/** A generator that paints every pixel in one colour. */
function painter(...colour: number[]): Forward {
  return (x) => tf.tidy(() => tf.add<tf.Tensor4D>(tf.zeros([...x.shape.slice(0, 3), colour.length]), colour));
}

beforeAll(async () => {
  await loadBackend('cpu');
});

describe('a generator that paints chroma', () => {
  it('sees luma from −1 to 1, and its channels become U and V where they belong', async () => {
    // U is the luma itself, V its negative.
    const mirror: Forward = (x) => tf.tidy(() => tf.concat([x, tf.neg(x)], 3));
    const { u, v } = await generateChroma(mirror, fast, LUMA, SIZE);
    expect(u).toHaveLength(PIXELS);
    // (y / 127.5 − 1) · 127.5 + 128 = y + 0.5, which rounds to y + 1 but for float rounding; V is 255.5 − y.
    for (const [at, y] of LUMA.entries()) {
      expect([y, y + 1]).toContain(u[at]);
      expect([255 - y, 256 - y]).toContain(v[at]);
    }
  });

  it.each([
    [0, 128],
    [0.5, 192],
    [-0.5, 64],
    [0.1, 141],
    [-0.1, 115],
    [1, 255],
    [-1, 1],
    [7, 255],
    [-7, 0],
  ])('writes %d as %d', async (value, byte) => {
    const { u, v } = await generateChroma(painter(value, 0), fast, LUMA, SIZE);
    expect(new Set(u)).toEqual(new Set([byte]));
    expect(new Set(v)).toEqual(new Set([128]));
  });
});

describe('a generator that paints RGB', () => {
  it('gets grey in all channels', async () => {
    let seen: tf.Tensor4D | undefined;
    const watch: Forward = (x) => {
      seen = tf.keep(tf.clone(x));
      return tf.clone(x);
    };
    const { u, v } = await generateChroma(watch, seed, LUMA, SIZE);
    expect(seen!.shape).toEqual([2, 8, 12, 3]);
    const values = seen!.dataSync();
    for (const [at, y] of LUMA.entries()) {
      for (const channel of [0, 1, 2]) expect(values[3 * at + channel]).toBeCloseTo(y / 127.5 - 1, 5);
    }
    seen!.dispose();
    // Grey has no colour.
    expect(new Set([...u, ...v])).toEqual(new Set([128]));
  });

  // JFIF: U = 128 − 0.168736 R − 0.331264 G + 0.5 B, V = 128 + 0.5 R − 0.418688 G − 0.081312 B.
  it.each([
    ['red', [1, -1, -1], [85, 255]],
    ['green', [-1, 1, -1], [44, 21]],
    ['blue', [-1, -1, 1], [255, 107]],
    ['white', [1, 1, 1], [128, 128]],
    ['orange', [1, 0, -1], [43, 202]],
  ])('%s becomes its colour difference', async (_, rgb, [byteU, byteV]) => {
    const { u, v } = await generateChroma(painter(...rgb), seed, LUMA, SIZE);
    expect([u[0], v[0]]).toEqual([byteU, byteV]);
    expect(new Set(u).size + new Set(v).size).toBe(2);
  });
});

it('grey in and chroma out, and the other way round, are taken as well', async () => {
  const toChroma = await generateChroma(painter(0.5, 0), { ...fast, inputChannels: 3 }, LUMA, SIZE);
  expect(toChroma.u[0]).toBe(192);
  const toRgb = await generateChroma(painter(1, -1, -1), { ...seed, inputChannels: 1 }, LUMA, SIZE);
  expect(toRgb.u[0]).toBe(85);
});

describe('bad sizes', () => {
  it.each([
    ['too few bytes', { batch: 2, width: 12, height: 12 }],
    ['too many bytes', { batch: 1, width: 12, height: 8 }],
    ['no multiple of 4', { batch: 2, width: 6, height: 16 }],
    ['smaller than the reflections', { batch: 12, width: 4, height: 4 }],
    ['negative', { batch: 2, width: -12, height: -8 }],
    ['no picture', { batch: 0, width: 12, height: 8 }],
    ['not a number', { batch: 2, width: NaN, height: 8 }],
  ])('%s: %j', async (_, size) => {
    await expect(generateChroma(painter(0, 0), fast, LUMA, size)).rejects.toMatchObject({
      name: 'ModelError',
      code: 'BAD_INPUT',
    });
  });

  it('empty pictures', async () => {
    const empty = generateChroma(painter(0, 0), fast, new Uint8Array(0), { batch: 1, width: 0, height: 0 });
    await expect(empty).rejects.toThrow('The generator got 0 bytes for 1 pictures of 0×0');
  });
});

it('nothing is left, neither after a run nor after a generator that fails', async () => {
  const before = tf.memory().numTensors;
  for (let i = 0; i < 3; i++) await generateChroma(painter(1, 0, 0), seed, LUMA, SIZE);
  const failing: Forward = (x) => {
    tf.add(x, 1);
    throw new Error('out of memory');
  };
  await expect(generateChroma(failing, fast, LUMA, SIZE)).rejects.toThrow('out of memory');
  expect(tf.memory().numTensors).toBe(before);
});
