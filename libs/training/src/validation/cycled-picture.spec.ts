import { greyImage, type Image } from '@kinemacolor/quality';
import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { scenery } from '../testing/draw-picture.js';
import { cycledPicture } from './cycled-picture.js';

const [WIDTH, HEIGHT] = [96, 64];
const colour = scenery(2);
const truth: Image = {
  width: WIDTH,
  height: HEIGHT,
  data: Uint8Array.from(
    Array.from({ length: WIDTH * HEIGHT }, (_, i) => colour(i % WIDTH, Math.floor(i / WIDTH))).flat(),
  ),
};

/** RGB → RGB, each channel times a number: a generator whose answer is known. */
function times(factors: readonly [number, number, number]): tf.LayersModel {
  const diagonal = tf.tidy(() => tf.reshape(tf.diag(tf.tensor1d([...factors])), [1, 1, 3, 3]));
  const input = tf.input({ shape: [null, null, 3] });
  const layer = tf.layers.conv2d({ filters: 3, kernelSize: 1, useBias: false });
  const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
  layer.setWeights([diagonal]);
  diagonal.dispose();
  return model;
}

/** Largest difference of one channel, levels. */
const apart = (a: Image, b: Image, channel: number): number =>
  Math.max(...Array.from(a.data, (level, i) => (i % 3 === channel ? Math.abs(level - b.data[i]!) : 0)));

beforeAll(async () => {
  await loadBackend('cpu');
});

describe('cycledPicture', () => {
  const cycled = async (first: tf.LayersModel, second: tf.LayersModel, at = HEIGHT): Promise<Image> => {
    const before = tf.memory().numTensors;
    const image = await cycledPicture(truth, first, second, at);
    expect(tf.memory().numTensors).toBe(before);
    return image;
  };

  it('is the grey picture where the generators take nothing away', async () => {
    const image = await cycled(times([1, 1, 1]), times([1, 1, 1]));
    expect(image).toMatchObject({ width: WIDTH, height: HEIGHT });
    for (const channel of [0, 1, 2]) expect(apart(image, greyImage(truth), channel)).toBeLessThanOrEqual(1);
  });

  it('goes through both generators, and stays in 0..255', async () => {
    const grey = greyImage(truth);
    const negative: Image = { ...grey, data: grey.data.map((level) => 255 - level) };
    const image = await cycled(times([-1, -1, 1]), times([-1, 1, 1]));
    expect(apart(image, grey, 0)).toBeLessThanOrEqual(1);
    expect(apart(image, negative, 1)).toBeLessThanOrEqual(1);
    expect(apart(image, grey, 2)).toBeLessThanOrEqual(1);
    const harsh = await cycled(times([9, 9, 9]), times([9, 9, 9]));
    const hard: Image = { ...grey, data: grey.data.map((level) => (level > 127 ? 255 : 0)) };
    const differ = harsh.data.filter((level, i) => Math.abs(level - hard.data[i]!) > 30).length;
    expect(differ / hard.data.length).toBeLessThan(0.05);
  });

  it('is as large as the picture, at whatever size the generators see', async () => {
    const image = await cycled(times([1, 1, 1]), times([1, 1, 1]), 32);
    expect(image).toMatchObject({ width: WIDTH, height: HEIGHT });
    expect(image.data).toHaveLength(WIDTH * HEIGHT * 3);
    const mean = ({ data }: Image): number => Array.from(data).reduce((a, b) => a + b) / data.length;
    expect(Math.abs(mean(image) - mean(greyImage(truth)))).toBeLessThan(3);
  });
});
