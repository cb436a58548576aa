import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Precision } from '../passes/precision.js';
import { smallDiscriminator, smallGenerator, type Network } from '../testing/networks.js';
import { makeSample } from '../testing/samples.js';
import { compile } from './compile.js';

type Results = Record<string, tf.Tensor>;

const NETWORKS: [string, () => Network, number][] = [
  ['generator', () => smallGenerator(8, 1), 1],
  ['discriminator', () => smallDiscriminator(8, 2), 3],
];

beforeAll(async () => {
  await loadBackend('cpu');
});

/** The output, a loss, and its gradients to the input and every weight. */
function study({ apply, weights }: Network): (x: tf.Tensor4D) => Results {
  return (x) => {
    const loss = (y: tf.Tensor4D): tf.Scalar => tf.mean(tf.square(tf.sub(y, 0.3)));
    const { value, grads } = tf.variableGrads(() => loss(apply(x)), [...weights]);
    const input = tf.grad((given: tf.Tensor) => loss(apply(given as tf.Tensor4D)))(x);
    const named = weights.map(({ name }, i) => [`weight ${i}`, grads[name]!] as const);
    return { output: apply(x), loss: value, input, ...Object.fromEntries(named) };
  };
}

async function both(network: Network, x: tf.Tensor4D, precision: Precision): Promise<[Results, Results]> {
  const fn = study(network);
  const compiled = await compile(fn, [{ shape: x.shape }], { variables: network.weights, precision });
  const results = compiled(x);
  compiled.dispose();
  return [results, tf.tidy(() => fn(x))];
}

const largest = (x: tf.Tensor): number => tf.tidy(() => tf.max(tf.abs(x)).dataSync()[0]!);
const rms = (x: tf.Tensor): number => tf.tidy(() => tf.sqrt(tf.mean(tf.square(x))).dataSync()[0]!);
const difference = (measure: (x: tf.Tensor) => number, a: tf.Tensor, b: tf.Tensor): number =>
  tf.tidy(() => measure(tf.sub(a, b)));
const gradients = (results: Results): string[] => Object.keys(results).filter((name) => !/output|loss/.test(name));

describe.each(NETWORKS)('a small %s', (_, make, channels) => {
  it.each([1, 3])('compiled in fp32 equals its eager form, gradients too, at batch %d', async (batch) => {
    const network = make();
    const x = makeSample({ shape: [batch, 20, 16, channels], range: [-1, 1] }, 5) as tf.Tensor4D;
    const [actual, expected] = await both(network, x, 'fp32');
    // What a norm takes away (the biases before it) has gradients of rounding errors only: a share of the others' size.
    const scale = Math.max(...gradients(expected).map((name) => largest(expected[name]!)));
    for (const [name, right] of Object.entries(expected)) {
      const size = Math.max(largest(right), gradients(expected).includes(name) ? scale / 100 : 0);
      expect(actual[name]!.shape).toEqual(right.shape);
      expect(difference(largest, actual[name]!, right) / size, name).toBeLessThan(1e-5);
    }
    expect(scale).toBeGreaterThan(1e-3);
    tf.dispose([actual, expected, x, [...network.weights]]);
  });

  it.each([1, 3])('compiled in bf16 is near its fp32 form at batch %d', async (batch) => {
    const network = make();
    const x = makeSample({ shape: [batch, 20, 16, channels], range: [-1, 1] }, 6) as tf.Tensor4D;
    const [actual, expected] = await both(network, x, 'bf16');
    expect(difference(rms, actual['output']!, expected['output']!) / rms(expected['output']!)).toBeLessThan(0.02);
    expect(difference(largest, actual['output']!, expected['output']!)).toBeLessThan(
      0.08 * largest(expected['output']!),
    );
    expect(difference(largest, actual['loss']!, expected['loss']!)).toBeLessThan(0.01 * largest(expected['loss']!));
    const scale = Math.max(...gradients(expected).map((name) => rms(expected[name]!)));
    for (const name of gradients(expected)) {
      const size = Math.max(rms(expected[name]!), scale / 20);
      expect(difference(rms, actual[name]!, expected[name]!) / size, name).toBeLessThan(0.1);
    }
    // It does run in bfloat16.
    expect(difference(largest, actual['output']!, expected['output']!)).toBeGreaterThan(1e-4);
    tf.dispose([actual, expected, x, [...network.weights]]);
  });
});
