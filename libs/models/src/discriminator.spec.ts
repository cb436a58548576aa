import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { buildDiscriminator } from './discriminator.js';

beforeAll(async () => {
  await loadBackend('cpu');
});

describe('buildDiscriminator', () => {
  it('has the parameters of the recipe', () => {
    const model = buildDiscriminator({ width: 64, inputChannels: 3 });
    expect(model.countParams()).toBe(2_764_737);
    model.dispose();
  });

  it.each<[[number, number, number, number], [number, number, number, number]]>([
    [
      [2, 64, 64, 3],
      [2, 6, 6, 1],
    ],
    [
      [1, 32, 48, 3],
      [1, 2, 4, 1],
    ],
    [
      [1, 24, 24, 3],
      [1, 1, 1, 1],
    ],
  ])('scores patches: %j gives %j', (shape, scores) => {
    const model = buildDiscriminator({ width: 2, inputChannels: 3 }, 1);
    expect(tf.tidy(() => (model.predict(tf.randomUniform(shape, -1, 1)) as tf.Tensor).shape)).toEqual(scores);
    model.dispose();
  });

  it('sees 70×70 pixels in a score, and gives unbounded ones', () => {
    const model = buildDiscriminator({ width: 2, inputChannels: 1 }, 2);
    tf.tidy(() => {
      const x = tf.randomUniform<tf.Rank.R4>([1, 128, 128, 1], -100, 100, 'float32', 3);
      const reach = tf.grad((input) => (model.apply(input) as tf.Tensor4D).slice([0, 7, 7, 0], [1, 1, 1, 1]).sum());
      // Instance norm lets every pixel in a little; with the statistics of the middle layers fixed only the patch counts,
      // and its pixels' slopes are larger by far.
      const slopes = tf.abs(reach(x)).dataSync();
      const inside = (at: number): boolean => at >= 8 * 7 - 31 && at <= 8 * 7 + 46;
      const sums = { inside: 0, outside: 0, countInside: 0, countOutside: 0 };
      slopes.forEach((slope, place) => {
        if (inside(Math.floor(place / 128)) && inside(place % 128)) {
          sums.inside += slope;
          sums.countInside += 1;
        } else {
          sums.outside += slope;
          sums.countOutside += 1;
        }
      });
      expect(sums.inside / sums.countInside).toBeGreaterThan(3 * (sums.outside / sums.countOutside));
      const scores = (model.predict(x) as tf.Tensor).dataSync();
      expect(Math.max(...scores.map(Math.abs))).toBeGreaterThan(1);
    });
    model.dispose();
  });

  it.each([
    [{ width: 0, inputChannels: 3 }, 'width = 0'],
    [{ width: 64, inputChannels: 1.5 }, 'inputChannels = 1.5'],
    [{ width: -1, inputChannels: 0 }, 'width = -1, inputChannels = 0'],
  ])('turns down %j', (config, reason) => {
    expect(() => buildDiscriminator(config)).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
    expect(() => buildDiscriminator(config)).toThrow(reason);
  });

  it('leaves nothing once disposed', () => {
    const before = tf.memory().numTensors;
    const model = buildDiscriminator({ width: 2, inputChannels: 3 });
    const x = tf.zeros([1, 32, 32, 3]);
    tf.dispose([x, model.predict(x)].flat());
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
