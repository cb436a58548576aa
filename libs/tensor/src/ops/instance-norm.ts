import * as tf from '@tensorflow/tfjs';
import { defineKernel } from './custom-kernel.js';
import { nativeBackend, type NativeBackend } from './tensorflow-ops.js';

/** Ulyanov, Vedaldi, Lempitsky: Instance Normalization (2016); the value PyTorch uses. */
export const INSTANCE_NORM_EPSILON = 1e-5;

/** Kernel names, for whoever gives these ops another form (`libs/compile`). */
export const INSTANCE_NORM = 'InstanceNorm';
export const INSTANCE_NORM_GRADIENT = 'InstanceNormGrad';

export interface InstanceNormAttributes {
  readonly epsilon: number;
}

const forward = defineKernel<InstanceNormAttributes>({
  name: INSTANCE_NORM,
  compute: ({ x }, { epsilon }) => {
    const centred = tf.sub(x!, tf.mean(x!, [1, 2], true));
    const variance = tf.mean(tf.square(centred), [1, 2], true);
    const scale = tf.rsqrt(tf.add(variance, epsilon));
    return [tf.mul(centred, scale), scale];
  },
});

/** d/dx of (x − m)·r, with m and r functions of x: r·(dy − mean(dy) − x̂·mean(dy·x̂)), where x̂ is the output. */
const gradient = defineKernel<object>({
  name: INSTANCE_NORM_GRADIENT,
  compute: ({ dy, y, scale }) => {
    const mean = tf.mean(dy!, [1, 2], true);
    const along = tf.mul(y!, tf.mean(tf.mul(dy!, y!), [1, 2], true));
    return [tf.mul(tf.sub(tf.sub(dy!, mean), along), scale!)];
  },
});

tf.registerGradient({
  kernelName: INSTANCE_NORM,
  outputsToSave: [true, true],
  gradFunc: (dy, saved) => {
    const [y, scale] = saved as [tf.Tensor, tf.Tensor];
    const [along] = dy as tf.Tensor[];
    return { x: () => gradient({ dy: along!, y, scale }, {})[0]! };
  },
});

/**
 * Instance normalisation without affine parameters: every channel of every picture gets mean 0 and variance 1 over its
 * own pixels. `[b, h, w, c]` → the same shape; the variance is the biased one, as in PyTorch.
 */
export function instanceNorm(x: tf.Tensor4D, epsilon = INSTANCE_NORM_EPSILON): tf.Tensor4D {
  return tf.tidy(() => forward({ x }, { epsilon })[0] as tf.Tensor4D);
}

/**
 * The same values for inference, in one fused op where that is exact: TensorFlow's fused batch norm in training mode
 * is an instance norm when the batch is one picture, and wrong for more, so larger batches take {@link instanceNorm}.
 * Not for training: the fused op has no gradient here.
 */
export function instanceNormInference(x: tf.Tensor4D, epsilon = INSTANCE_NORM_EPSILON): tf.Tensor4D {
  const native = nativeBackend();
  if (native === undefined || x.shape[0] !== 1) return instanceNorm(x, epsilon);
  return tf.tidy(() => fusedNorm(native, x, epsilon));
}

function fusedNorm(native: NativeBackend, x: tf.Tensor4D, epsilon: number): tf.Tensor4D {
  const channels = x.shape[3];
  const { binding } = native;
  const [ones, zeros, none] = [tf.ones([channels]), tf.zeros([channels]), tf.tensor1d([])];
  const attributes = [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'U', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: 'exponential_avg_factor', type: binding.TF_ATTR_FLOAT, value: 1 },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
  ];
  const [value] = native.executeMultipleOutputs('FusedBatchNormV3', attributes, [x, ones, zeros, none, none], 6);
  return value as tf.Tensor4D;
}
