import path from 'node:path';
import { buildGenerator, inferenceForm, type GeneratorConfig, type InferenceForm } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';
import { makeClip, scratchDir } from '@kinemacolor/testing';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipFlicker, readClip } from './clip-flicker.js';

const folder = scratchDir();
const config: GeneratorConfig = { width: 4, residualBlocks: 1, inputChannels: 1, outputChannels: 2 };
let form: InferenceForm;
beforeAll(async () => {
  await loadBackend('cpu');
  const model = buildGenerator(config, 3);
  form = inferenceForm(model, config);
  model.dispose();
});
afterAll(() => {
  form.dispose();
});

/** A clip without losses: what stands still stands still exactly. */
const clip = (name: string, frames: number, picture?: string): Promise<string> =>
  makeClip({ folder, name, frames, encoder: 'ffv1', ...(picture === undefined ? {} : { picture }) });

describe('clipFlicker', () => {
  it('is 0 for a picture that stands still, and leaves no tensors', async () => {
    const still = await readClip(await clip('still.mkv', 6, 'smptebars=size=64x48:rate=25'), 32);
    expect(still.frames).toHaveLength(6);
    const before = tf.memory().numTensors;
    expect(await clipFlicker(still, form.forward, config)).toBe(0);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('sees colours that change where the picture stands still', async () => {
    const moving = await readClip(await clip('moving.mkv', 6), 32);
    expect(await clipFlicker(moving, form.forward, config)).toBeGreaterThan(0);
    let call = 0;
    const unsteady = (x: tf.Tensor4D): tf.Tensor4D => {
      const [batch, height, width] = x.shape;
      // 5 levels more in U and V, every other time.
      return tf.fill([batch, height, width, 2], (call++ % 2) * 0.04);
    };
    const still = await readClip(await clip('bars.mkv', 5, 'smptebars=size=64x48:rate=25'), 32);
    expect(await clipFlicker(still, unsteady, config)).toBeCloseTo(5, 1);
  });
});

describe('readClip', () => {
  it('reads the beginning only, small', async () => {
    const long = await readClip(await clip('long.mkv', 60), 32);
    expect([long.width, long.height]).toEqual([32, 32]);
    expect(long.frames).toHaveLength(48);
    expect(long.frames.every((frame) => frame.length === 32 * 32)).toBe(true);
    // Each frame is one of its own, not the reader's memory over and over.
    expect(long.frames[0]).not.toEqual(long.frames[47]);
  });

  it('says which film is not there', async () => {
    await expect(readClip(path.join(folder, 'gone.mkv'), 32)).rejects.toThrow('gone.mkv');
  });
});
