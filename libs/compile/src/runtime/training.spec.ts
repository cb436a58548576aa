import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { adam } from '../optimisers/adam.js';
import type { Precision } from '../passes/precision.js';
import { smallGenerator } from '../testing/networks.js';
import { randomSource } from '../testing/samples.js';
import { compileProgram } from './program.js';

const STEPS = 200;
const SIDE = 24;
const PICTURES = 8;

beforeAll(async () => {
  await loadBackend('cpu');
});

/** Smooth grey pictures, and two chroma planes that follow from them and from where in the picture it is. */
function makePairs(): { grey: tf.Tensor4D; chroma: tf.Tensor4D }[] {
  const random = randomSource(11);
  return Array.from({ length: PICTURES }, () => {
    const waves = Array.from({ length: 3 }, () => [1 + 3 * random(), 1 + 3 * random(), 6 * random()] as const);
    const at = (i: number): number => {
      const [y, x] = [Math.floor(i / SIDE) / SIDE, (i % SIDE) / SIDE];
      return waves.reduce((sum, [a, b, phase]) => sum + Math.sin(a * 6 * x + b * 6 * y + phase) / 3, 0);
    };
    const grey = Array.from({ length: SIDE * SIDE }, (_, i) => at(i));
    const chroma = grey.flatMap((value, i) => [0.6 * value * Math.abs(value), 0.4 * Math.cos(3 * value) - 0.3 * (i / grey.length)]); // prettier-ignore
    return { grey: tf.tensor4d(grey, [1, SIDE, SIDE, 1]), chroma: tf.tensor4d(chroma, [1, SIDE, SIDE, 2]) };
  });
}

/** Losses over all pictures before and after training. */
async function train(precision: Precision): Promise<{ first: number; last: number }> {
  const generator = smallGenerator(8, 4);
  const optimiser = adam(generator.weights, { beta1: 0.5 });
  const pairs = makePairs();
  const difference = (x: tf.Tensor4D, truth: tf.Tensor4D): tf.Scalar =>
    tf.mean(tf.abs(tf.sub(generator.apply(x), truth)));
  const signature = [{ shape: [1, SIDE, SIDE, 1] }, { shape: [1, SIDE, SIDE, 2] }, { shape: [] }];
  const program = await compileProgram(
    {
      step: {
        fn: (x: tf.Tensor4D, truth: tf.Tensor4D, rate: tf.Scalar) => {
          const { value, grads } = tf.variableGrads(() => difference(x, truth), [...generator.weights]);
          optimiser.apply(grads, { rate });
          return value;
        },
        signature,
      },
      measure: { fn: difference, signature: signature.slice(0, 2) },
    },
    { precision, variables: [...generator.weights, ...optimiser.variables] },
  );
  const { step, measure } = program.functions;
  const loss = (): number =>
    tf.tidy(() => pairs.reduce((sum, { grey, chroma }) => sum + (measure(grey, chroma) as tf.Scalar).dataSync()[0]! / PICTURES, 0)); // prettier-ignore
  const first = loss();
  for (let i = 0; i < STEPS; i++) {
    const { grey, chroma } = pairs[(i * 5) % PICTURES]!;
    // Down to nothing, so that the end is an end and not a moment.
    tf.tidy(() => {
      step(grey, chroma, tf.scalar(5e-3 * (1 - i / STEPS)));
    });
  }
  const last = loss();
  program.dispose();
  tf.dispose([pairs, [...generator.weights], [...optimiser.variables]]);
  return { first, last };
}

describe('200 steps of training', () => {
  it('end within 3 % of the fp32 loss in bf16', async () => {
    const [wide, narrow] = [await train('fp32'), await train('bf16')];
    expect(wide.last).toBeLessThan(0.5 * wide.first);
    expect(Math.abs(narrow.last / wide.last - 1)).toBeLessThan(0.03);
  });
});
