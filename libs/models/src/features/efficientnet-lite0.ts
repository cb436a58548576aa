import * as tf from '@tensorflow/tfjs';
import { foldBatchNorm } from './convolution-stack.js';
import { takeTensor, type WeightTensors } from './weight-tensors.js';

/** Channels after the first convolution, 3×3 of stride 2. */
export const EFFICIENTNET_LITE0_STEM = 32;

/** An inverted bottleneck (Sandler et al. 2018): 1×1 to more channels, depthwise, 1×1 to `filters`. */
export interface InvertedBottleneck {
  readonly filters: number;
  readonly kernelSize: 3 | 5;
  readonly stride: 1 | 2;
  /** Channels inside ÷ channels before; at 1 the first 1×1 is left out. */
  readonly expansion: 1 | 6;
}

const stage = (count: number, filters: number, kernelSize: 3 | 5, stride: 1 | 2, expansion: 1 | 6): InvertedBottleneck[] =>
  Array.from({ length: count }, (_, i) => ({ filters, kernelSize, stride: i === 0 ? stride : 1, expansion })); // prettier-ignore

/** The sixteen blocks of EfficientNet-B0 (Tan and Le 2019, table 1), which Lite0 has unchanged in number and width. */
export const EFFICIENTNET_LITE0_BLOCKS: readonly InvertedBottleneck[] = [
  ...stage(1, 16, 3, 1, 1),
  ...stage(2, 24, 3, 2, 6),
  ...stage(2, 40, 5, 2, 6),
  ...stage(3, 80, 3, 2, 6),
  ...stage(3, 112, 5, 1, 6),
  ...stage(4, 192, 5, 2, 6),
  ...stage(1, 320, 3, 1, 6),
];

const BATCH_NORM_EPSILON = 1e-3;

/** A convolution of it with its batch norm folded in. */
export interface LiteLayer {
  /** `[k, k, in, out]`, of a depthwise one `[k, k, channels, 1]` */
  readonly kernel: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
}

/**
 * The convolutions of EfficientNet-Lite0, an ImageNet classifier, in order: the first one, then of each block those that
 * it has. It sees RGB as (level − 127) / 128.
 * @param tensors of PyTorch's form: `_conv_stem.weight`, `_bn0.running_mean`, `_blocks.0._depthwise_conv.weight`, …
 * @returns the caller's tensors
 * @throws ModelError `UNSUPPORTED` naming the first tensor that is missing or has another shape, `CORRUPT`
 */
export function efficientNetLite0Layers(tensors: WeightTensors): LiteLayer[] {
  const layers: LiteLayer[] = [];
  const add = (
    conv: string,
    norm: string,
    kernel: number,
    inputs: number,
    outputs: number,
    depthwise = false,
  ): void => {
    layers.push(folded(tensors, { conv, norm, shape: [outputs, depthwise ? 1 : inputs, kernel, kernel], depthwise }));
  };
  try {
    add('_conv_stem', '_bn0', 3, 3, EFFICIENTNET_LITE0_STEM);
    let inputs = EFFICIENTNET_LITE0_STEM;
    for (const [i, { filters, kernelSize, expansion }] of EFFICIENTNET_LITE0_BLOCKS.entries()) {
      const block = `_blocks.${i}.`;
      const inside = inputs * expansion;
      if (expansion > 1) add(`${block}_expand_conv`, `${block}_bn0`, 1, inputs, inside);
      add(`${block}_depthwise_conv`, `${block}_bn1`, kernelSize, inside, inside, true);
      add(`${block}_project_conv`, `${block}_bn2`, 1, inside, filters);
      inputs = filters;
    }
  } catch (error) {
    tf.dispose(layers.flatMap(({ kernel, bias }) => [kernel, bias]));
    throw error;
  }
  return layers;
}

interface Stored {
  readonly conv: string;
  readonly norm: string;
  /** PyTorch's: `[out, in, k, k]`, of a depthwise one `[channels, 1, k, k]`. */
  readonly shape: [number, number, number, number];
  readonly depthwise: boolean;
}

function folded(tensors: WeightTensors, { conv, norm, shape, depthwise }: Stored): LiteLayer {
  return tf.tidy(() => {
    const [channels] = shape;
    const vector = (name: string): tf.Tensor1D => tf.tensor1d(takeTensor(tensors, `${norm}.${name}`, [channels]).data);
    const stored = tf.tensor4d(takeTensor(tensors, `${conv}.weight`, shape).data, shape);
    const { kernel, bias } = foldBatchNorm(tf.transpose(stored, [2, 3, 1, 0]), undefined, {
      gamma: vector('weight'),
      beta: vector('bias'),
      mean: vector('running_mean'),
      variance: vector('running_var'),
      epsilon: BATCH_NORM_EPSILON,
    });
    return { kernel: depthwise ? tf.transpose(kernel, [0, 1, 3, 2]) : kernel, bias };
  });
}
