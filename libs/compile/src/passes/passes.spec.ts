import * as tf from '@tensorflow/tfjs';
import { instanceNorm, loadBackend, reflectionPad2d } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileProgram } from '../runtime/program.js';
import { relativeDifference } from '../testing/difference.js';
import { makeSample, type Sample } from '../testing/samples.js';
import { trace, type TracedFunction } from '../trace/trace.js';
import { ALL_PASSES, runPasses, type PassSwitches } from './index.js';
import type { Precision } from './precision.js';

type Fn = { of(...x: tf.Tensor[]): tf.Tensor }['of'];
type Switch = keyof PassSwitches;

/** A graph where a pass has something to do. */
interface PassCase {
  readonly name: string;
  readonly pass: Switch;
  /** The first is a batch of pictures. */
  readonly shapes: readonly (readonly number[])[];
  readonly fn: Fn;
  /** How often an op is in the graph of the function and its gradients without the pass and with it. */
  readonly counts: (batch: number) => Readonly<Record<string, readonly [without: number, with_: number]>>;
  /** Size below which differences count as of this size, where eager tfjs has rounding errors instead of a zero. */
  readonly least?: number;
}

const conv = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor4D =>
  tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid');
const pad = (x: tf.Tensor, before: number, after: number): tf.Tensor4D =>
  tf.pad(x as tf.Tensor4D, [[0, 0], [before, after], [before, after], [0, 0]]); // prettier-ignore
const crop = (x: tf.Tensor, [y, z]: [number, number]): tf.Tensor4D => {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  return tf.slice4d(x as tf.Tensor4D, [0, y, z, 0], [batch, height - y, width - z, channels]);
};

const CASES: PassCase[] = [
  {
    name: 'what autodiff multiplies by one, and sums of constants',
    pass: 'foldConstants',
    shapes: [[2, 6, 6, 4]],
    fn: (x) => tf.mul(tf.add(x, tf.sub(tf.ones([4]), 1)), tf.square(tf.neg(tf.ones([6, 4])))),
    counts: () => ({ AddV2: [1, 0], Sub: [1, 0], Neg: [1, 0] }),
  },
  {
    name: 'arithmetic of constants',
    pass: 'foldConstants',
    shapes: [[2, 6, 6, 4]],
    fn: (x) => {
      const [nine, two] = [tf.fill([4], 9), tf.fill([4], 2)];
      const roots = [tf.sqrt(nine), tf.abs(tf.neg(two)), tf.reciprocal(two), tf.square(two), tf.tile(two, [1])];
      const pairs = [tf.sub(nine, two), tf.div(nine, two), tf.mul(nine, two), tf.add(nine, two)];
      return tf.mul(x, tf.addN([...roots, ...pairs, tf.reshape(tf.fill([2, 2], 0.5), [4]), tf.broadcastTo(7, [4])]));
    },
    counts: () => ({ Sqrt: [1, 0], Abs: [1, 0], Reciprocal: [1, 0], Square: [1, 0], Sub: [1, 0], RealDiv: [1, 0], Mul: [3, 2] }), // prettier-ignore
  },
  {
    name: 'what changes nothing, but not what only looks so',
    pass: 'foldConstants',
    shapes: [[2, 6, 6, 4]],
    fn: (x) => {
      const y = tf.sub(tf.div(tf.mul(tf.ones([4]), x), 1), 0);
      const pictures = tf.div(tf.fill([6, 6, 4], 3), tf.add(tf.square(y), tf.ones([6, 6, 4])));
      return tf.add(tf.sub(0, y), tf.mul(pictures, tf.div(1, tf.add(tf.square(x), 2))));
    },
    counts: () => ({}),
  },
  {
    name: 'a number that broadcasts what it is added to',
    pass: 'foldConstants',
    shapes: [[2, 1, 1, 4]],
    fn: (x) => tf.add(tf.mul(x, tf.ones([6, 5, 4])), tf.zeros([3, 1, 6, 5, 4])),
    counts: () => ({}),
  },
  {
    name: 'the gradient of ReLU',
    pass: 'activationGradients',
    shapes: [[2, 6, 6, 4]],
    fn: (x) => tf.relu(tf.sub(x, 0.1)),
    counts: () => ({ ReluGrad: [0, 1], SelectV2: [2, 0] }),
  },
  {
    name: 'the gradient of leaky ReLU behind a bias',
    pass: 'activationGradients',
    shapes: [[2, 6, 6, 3], [3, 3, 3, 4], [4]], // prettier-ignore
    fn: (x, filter, bias) => tf.leakyRelu(tf.add(conv(x, filter), bias), 0.2),
    counts: () => ({ LeakyReluGrad: [0, 1], SelectV2: [1, 0] }),
  },
  {
    name: 'two crops in a row, and the two borders of their gradient',
    pass: 'mergeCrops',
    shapes: [[2, 8, 8, 4]],
    fn: (x) => crop(crop(x, [1, 0]), [0, 2]),
    counts: () => ({ Slice: [2, 1], PadV2: [2, 1] }),
  },
  {
    name: 'two borders in a row',
    pass: 'mergeCrops',
    shapes: [[2, 8, 8, 4]],
    fn: (x) => pad(pad(x, 1, 0), 0, 2),
    counts: () => ({ Slice: [2, 1], PadV2: [2, 1] }),
  },
  {
    name: 'zeros around a convolution',
    pass: 'zeroPadding',
    shapes: [[2, 8, 8, 3]],
    // Without a gradient of the filter, which needs the padded picture.
    fn: (x) => conv(pad(x, 1, 2), tf.fill([3, 3, 3, 5], 0.1)),
    counts: () => ({ PadV2: [1, 0], Conv2D: [1, 1] }),
  },
  {
    name: 'a bias before an instance norm',
    pass: 'biasBeforeNorm',
    shapes: [[2, 8, 8, 3], [3, 3, 3, 4], [4]], // prettier-ignore
    fn: (x, filter, bias) => instanceNorm(tf.add(conv(x, filter), bias)),
    counts: () => ({ Conv2D: [1, 1], Sum: [1, 0] }),
    least: 1,
  },
  {
    name: 'a bias before a crop before an instance norm',
    pass: 'biasBeforeNorm',
    shapes: [[2, 8, 8, 3], [3, 3, 3, 4], [4]], // prettier-ignore
    fn: (x, filter, bias) => instanceNorm(crop(tf.add(conv(x, filter), bias), [1, 1])),
    counts: () => ({ Conv2D: [1, 1], Sum: [1, 0] }),
    least: 1,
  },
  {
    name: 'not where the sum has a shape that only the second has',
    pass: 'biasBeforeNorm',
    shapes: [[1, 1, 1, 3], [3]], // prettier-ignore
    fn: (x, vector) => instanceNorm(tf.add<tf.Tensor4D>(vector, x)),
    counts: () => ({}),
    least: 1,
  },
  {
    name: 'a wide convolution to few channels',
    pass: 'blockedConvolution',
    shapes: [[2, 14, 18, 4], [7, 7, 4, 2]], // prettier-ignore
    fn: (x, filter) => conv(x, filter),
    counts: () => ({ DepthToSpace: [0, 1] }),
  },
  {
    name: 'a wide convolution with a constant filter',
    pass: 'blockedConvolution',
    shapes: [[2, 12, 8, 3]],
    fn: (x) => conv(x, tf.reshape(tf.range(-1, 1, 2 / 225).slice(0, 225), [5, 5, 3, 3])),
    counts: () => ({ DepthToSpace: [0, 1], Conv2D: [1, 1] }),
  },
  {
    name: 'not where the picture is no multiple of the block',
    pass: 'blockedConvolution',
    shapes: [[2, 13, 18, 4], [7, 7, 4, 2]], // prettier-ignore
    fn: (x, filter) => conv(x, filter),
    counts: () => ({ DepthToSpace: [0, 0], Conv2D: [1, 1] }),
  },
  {
    name: 'the filter gradient between many channels',
    pass: 'filterGradients',
    shapes: [[2, 6, 5, 256], [3, 2, 256, 264]], // prettier-ignore
    fn: (x, filter) => conv(x, tf.mul(filter, 0.1)),
    counts: () => ({ Conv2DBackpropFilter: [1, 0], MatMul: [0, 6] }),
  },
  {
    name: 'not between fewer channels',
    pass: 'filterGradients',
    shapes: [[2, 6, 5, 128], [3, 2, 128, 264]], // prettier-ignore
    fn: (x, filter) => conv(x, tf.mul(filter, 0.1)),
    counts: () => ({ Conv2DBackpropFilter: [1, 1], MatMul: [0, 0] }),
  },
  ...[
    { size: [10, 8], kernel: [3, 4] },
    { size: [9, 7], kernel: [4, 3] },
    { size: [8, 9], kernel: [1, 2] },
  ].map(({ size, kernel }): PassCase => ({
    name: `of stride 2, ${size.join(' × ')} pixels and ${kernel.join(' × ')} places`,
    pass: 'filterGradients',
    shapes: [[2, ...size, 64], [...kernel, 64, 128]], // prettier-ignore
    fn: (x, filter) => tf.conv2d(x as tf.Tensor4D, tf.mul<tf.Tensor4D>(filter, 0.1), 2, 'valid'),
    counts: () => ({ Conv2DBackpropFilter: [1, 0], MatMul: [0, kernel[0]! * kernel[1]!] }),
  })),
  {
    name: 'not of a stride that differs along rows and columns',
    pass: 'filterGradients',
    shapes: [[2, 9, 8, 64], [3, 3, 64, 128]], // prettier-ignore
    fn: (x, filter) => tf.conv2d(x as tf.Tensor4D, tf.mul<tf.Tensor4D>(filter, 0.1), [2, 1], 'valid'),
    counts: () => ({ Conv2DBackpropFilter: [1, 1], MatMul: [0, 0] }),
  },
  {
    name: 'an instance norm',
    pass: 'fusedInstanceNorm',
    shapes: [[2, 8, 6, 3]],
    fn: (x) => tf.square(instanceNorm(x as tf.Tensor4D)),
    counts: (batch) => ({ FusedBatchNormV3: [0, batch], FusedBatchNormGradV3: [0, batch] }),
  },
  ...[
    { what: 'reflection padding', size: [6, 7] },
    { what: 'reflection padding whose borders fall on the same rows', size: [3, 4] },
  ].map(({ what, size }): PassCase => ({
    name: what,
    pass: 'reflectionPaddingInPieces',
    shapes: [[2, ...size, 3]],
    fn: (x) => reflectionPad2d(x as tf.Tensor4D, 2),
    counts: () => ({ MirrorPad: [1, 0], MirrorPadGrad: [1, 0], ConcatV2: [0, 4] }),
  })),
];

beforeAll(async () => {
  await loadBackend('cpu');
});

/** The function's value and its gradients to every argument along `dy`. */
const study =
  (fn: Fn, dy: tf.Tensor) =>
  (...x: tf.Tensor[]): tf.Tensor[] => {
    const { value, grads } = tf.valueAndGrads(fn)(x, dy);
    return [value, ...grads];
  };

/** Something to begin the gradients with: as large as the function's value, and no two elements alike. */
const directionOf = (fn: Fn, signature: readonly Sample[]): tf.Tensor =>
  tf.tidy(() => makeSample({ shape: fn(...signature.map((sample) => tf.ones([...sample.shape]))).shape }, 99));

const samplesOf = ({ shapes }: PassCase, batch: number): Sample[] =>
  shapes.map((shape, i) => ({ shape: i === 0 ? [batch, ...shape.slice(1)] : shape }));

function opsOf(traced: TracedFunction, passes: PassSwitches, precision: Precision = 'fp32'): string[] {
  const { graph } = runPasses(trace({ main: traced }, []), passes, { device: 'cpu', precision });
  return graph.nodes.map(({ op }) => op);
}

describe.each(CASES)('$pass: $name', (one) => {
  it.each([1, 2])('changes the graph and not the numbers, at batch %d', async (batch) => {
    const signature = samplesOf(one, batch);
    const dy = directionOf(one.fn, signature);
    const traced = { fn: study(one.fn, dy), signature };
    const inputs = signature.map((sample, i) => makeSample(sample, i + 1));
    for (const [op, [without, with_]] of Object.entries(one.counts(batch))) {
      const count = (on: boolean): number =>
        opsOf(traced, { ...ALL_PASSES, [one.pass]: on }).filter((name) => name === op).length;
      expect([count(false), count(true)], op).toEqual([without, with_]);
    }
    const expected = tf.tidy(() => study(one.fn, dy)(...inputs));
    for (const on of [true, false]) {
      const program = await compileProgram({ main: traced }, { passes: { [one.pass]: on } });
      const actual = program.functions.main(...inputs) as tf.Tensor[];
      program.dispose();
      for (const [i, right] of expected.entries()) {
        expect(relativeDifference(actual[i]!, right, one.least), `result ${i}, ${on ? 'on' : 'off'}`).toBeLessThan(
          1e-5,
        );
      }
      tf.dispose(actual);
    }
    tf.dispose([expected, inputs, dy]);
  });
});

describe('runPasses', () => {
  const everything: TracedFunction = {
    fn: (x: tf.Tensor4D, filter: tf.Tensor4D) => {
      const along = (picture: tf.Tensor, kernel: tf.Tensor): tf.Tensor =>
        tf.mean(tf.mul(tf.relu(instanceNorm(conv(reflectionPad2d(picture as tf.Tensor4D, 1), kernel))), tf.step(x)));
      return tf.grads(along)([x, filter]);
    },
    signature: [{ shape: [2, 6, 6, 4] }, { shape: [3, 3, 4, 4] }],
  };
  const none = Object.fromEntries(Object.keys(ALL_PASSES).map((name) => [name, false])) as unknown as PassSwitches;
  const OURS = ['Step', 'InstanceNorm', 'InstanceNormGrad', 'ReflectionPad', 'ReflectionPadGrad'];

  it.each<[string, PassSwitches, Precision]>([
    ['all passes in fp32', ALL_PASSES, 'fp32'],
    ['no passes in fp32', none, 'fp32'],
    ['all passes in bf16', ALL_PASSES, 'bf16'],
    ['no passes in bf16', none, 'bf16'],
  ])('leaves only ops that TensorFlow has: %s', (_, passes, precision) => {
    const recorded = trace({ main: everything }, []).graph.nodes.map(({ op }) => op);
    expect(recorded).toEqual(expect.arrayContaining(OURS));
    const ops = opsOf(everything, passes, precision);
    expect(ops.filter((op) => OURS.includes(op))).toEqual([]);
    expect(ops).toContain('Conv2D');
    const mirrored = ops.filter((op) => op.startsWith('MirrorPad'));
    expect(mirrored).toEqual(passes.reflectionPaddingInPieces ? [] : ['MirrorPad', 'MirrorPadGrad']);
  });

  it('takes a selection by whole numbers for no gradient of leaky ReLU', async () => {
    const fn = (whole: tf.Tensor, dy: tf.Tensor): tf.Tensor =>
      tf.where(tf.greater(whole, tf.scalar(0, 'int32')), dy, tf.mul(dy, 0.2));
    const program = await compileProgram({ main: { fn, signature: [{ shape: [3], dtype: 'int32' }, { shape: [3] }] } });
    const inputs = [tf.tensor1d([-1, 0, 1], 'int32'), tf.tensor1d([10, 20, 30])];
    const result = program.functions.main(...inputs) as tf.Tensor;
    expect([...result.dataSync()]).toEqual([2, 4, 30]);
    tf.dispose([inputs, result]);
    program.dispose();
  });

  it('leaves out what no result needs', () => {
    const fn = (x: tf.Tensor): tf.Tensor => {
      tf.exp(x);
      return tf.neg(x);
    };
    const ops = opsOf({ fn, signature: [{ shape: [3] }] }, none);
    expect(ops.toSorted()).toEqual(['Identity', 'Neg', 'Placeholder']);
  });

  it('keeps an argument that no result needs', async () => {
    const program = await compileProgram({ main: { fn: (...x: tf.Tensor[]) => tf.neg(x[0]!), signature: [{ shape: [1] }, { shape: [2] }] } }); // prettier-ignore
    const [x, unused] = [tf.ones([1]), tf.ones([2])];
    const result = program.functions.main(x, unused) as tf.Tensor;
    expect(result.dataSync()[0]).toBe(-1);
    tf.dispose([x, unused, result]);
    program.dispose();
  });
});
