import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { chromaHuber } from './chroma-huber.js';
import { chromaL1 } from './chroma-l1.js';
import { cycle } from './cycle.js';
import { identity } from './identity.js';
import { LossError } from './loss-error.js';
import { lsganDiscriminator, lsganGenerator } from './lsgan.js';
import { weightedChroma } from './weighted-chroma.js';

type Loss = (output: tf.Tensor4D, other: tf.Tensor4D) => tf.Scalar;

const SHAPE: [number, number, number, number] = [1, 2, 2, 2];
// Errors of 0.2, 0.4, 0.1, 0.3, 0, 0.5, 0.6 and 0.05: none within 0.01 of a kink of the losses, save the zero.
const OUTPUT = [0.2, -0.4, 0.6, 0.1, -0.3, 0.5, 0.9, -0.25];
const TRUTH = [0, 0, 0.5, 0.4, -0.3, 0, 0.3, -0.3];

const chroma = (values: readonly number[]): tf.Tensor4D => tf.tensor4d([...values], SHAPE);
const valueOf = (make: () => tf.Scalar): number => tf.tidy(() => make().dataSync()[0]!);

/** Each loss as a function of the output and a second tensor, which some do not use. */
const LOSSES: readonly (readonly [string, Loss])[] = [
  ['chromaL1', chromaL1],
  ['chromaHuber', (output, other) => chromaHuber(output, other, 0.25)],
  ['weightedChroma', (output, other) => weightedChroma(output, other, 3)],
  ['lsganGenerator', (output) => lsganGenerator(output)],
  ['lsganDiscriminator on the real', lsganDiscriminator],
  ['lsganDiscriminator on the fake', (output, other) => lsganDiscriminator(other, output)],
  ['cycle', cycle],
  ['identity', identity],
];

beforeAll(async () => {
  await loadBackend('cpu');
});

describe('values', () => {
  it('L1, cycle and identity are the mean absolute error', () => {
    for (const loss of [chromaL1, cycle, identity]) {
      expect(valueOf(() => loss(chroma(OUTPUT), chroma(TRUTH)))).toBeCloseTo(2.15 / 8, 6);
    }
  });

  it('Huber is a parabola up to delta and a line beyond', () => {
    // delta 0.25: parabolas 0.02, 0.005, 0, 0.00125; lines 0.25 · (0.4 + 0.3 + 0.5 + 0.6 − 4 · 0.125) = 0.325
    expect(valueOf(() => chromaHuber(chroma(OUTPUT), chroma(TRUTH), 0.25))).toBeCloseTo((0.02625 + 0.325) / 8, 6);
  });

  it('weighted chroma counts a pixel by its true saturation', () => {
    // Two pixels: grey with mean error 0.3, and (0.3, 0.4) with mean error 0.1; k = 2 weighs them 1 and 1 + 2 · 0.5 = 2.
    const value = valueOf(() =>
      weightedChroma(tf.tensor4d([0.2, -0.4, 0.4, 0.3], [1, 1, 2, 2]), tf.tensor4d([0, 0, 0.3, 0.4], [1, 1, 2, 2]), 2),
    );
    expect(value).toBeCloseTo((0.3 + 2 * 0.1) / 3, 6);
  });

  it('weighted chroma with k = 0 is L1', () => {
    expect(valueOf(() => weightedChroma(chroma(OUTPUT), chroma(TRUTH), 0))).toBeCloseTo(2.15 / 8, 6);
  });

  it('LSGAN wants fakes at 1 from the generator, and reals at 1, fakes at 0 from the discriminator', () => {
    expect(valueOf(() => lsganGenerator(tf.tensor2d([[1, 1]])))).toBe(0);
    expect(valueOf(() => lsganGenerator(tf.tensor2d([[0, 3]])))).toBeCloseTo(2.5, 6);
    expect(valueOf(() => lsganDiscriminator(tf.tensor1d([1, 1]), tf.tensor1d([0])))).toBe(0);
    expect(valueOf(() => lsganDiscriminator(tf.tensor1d([0.5]), tf.tensor1d([0.5])))).toBeCloseTo(0.25, 6);
    expect(valueOf(() => lsganDiscriminator(tf.tensor1d([1, 0]), tf.tensor1d([2])))).toBeCloseTo(2.25, 6);
  });
});

describe.each(LOSSES)('%s', (_, loss) => {
  it('has the gradient that finite differences give', () => {
    const step = 1e-2;
    const gradient = tf.tidy(() => [
      ...tf
        .grad((x) => loss(x as tf.Tensor4D, chroma(TRUTH)))(chroma(OUTPUT))
        .dataSync(),
    ]);
    for (const [i, value] of OUTPUT.entries()) {
      // At the zero error L1 has a kink and any slope between is right.
      if (value === TRUTH[i]) continue;
      const at = (x: number): number => valueOf(() => loss(chroma(OUTPUT.with(i, x)), chroma(TRUTH)));
      expect(gradient[i]).toBeCloseTo((at(value + step) - at(value - step)) / (2 * step), 4);
    }
    expect(gradient.some((slope) => slope !== 0)).toBe(true);
  });

  it('leaves its scalar and no other tensor, called outside a tidy', () => {
    const output = chroma(OUTPUT);
    const other = chroma(TRUTH);
    const before = tf.memory().numTensors;
    const value = loss(output, other);
    expect(value.shape).toEqual([]);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([value, output, other]);
  });

  it('leaves nothing behind after a training step', () => {
    const weights = tf.variable(chroma(OUTPUT));
    const other = chroma(TRUTH);
    const step = (): void => {
      const { value, grads } = tf.variableGrads(() => loss(weights, other), [weights]);
      tf.dispose([value, grads[weights.name]!]);
    };
    step();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) step();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([weights, other]);
  });
});

describe('errors', () => {
  it('refuses shapes that would broadcast', () => {
    const wide = (): tf.Tensor4D => tf.zeros([1, 2, 2, 2]);
    const narrow = (): tf.Tensor4D => tf.zeros([1, 2, 2, 1]);
    const compare: ((a: tf.Tensor4D, b: tf.Tensor4D) => tf.Scalar)[] = [
      chromaL1,
      (a, b) => chromaHuber(a, b, 1),
      (a, b) => weightedChroma(a, b, 1),
      cycle,
      identity,
    ];
    for (const loss of compare) {
      expect(() => valueOf(() => loss(wide(), narrow()))).toThrow(LossError);
      expect(() => valueOf(() => loss(wide(), narrow()))).toThrow('[1, 2, 2, 2] and the target [1, 2, 2, 1]');
    }
  });

  it('refuses settings without a meaning', () => {
    expect(() => valueOf(() => chromaHuber(chroma(OUTPUT), chroma(TRUTH), 0))).toThrow('delta is 0');
    expect(() => valueOf(() => weightedChroma(chroma(OUTPUT), chroma(TRUTH), -1))).toThrow('k is -1');
    expect(() => valueOf(() => weightedChroma(chroma(OUTPUT), chroma(TRUTH), NaN))).toThrow('k is NaN');
  });
});
