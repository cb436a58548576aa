import * as tf from '@tensorflow/tfjs';
import { nativeBackend } from '@kinemacolor/tensor';

/**
 * The transposed convolution of stride 2 with PyTorch's padding 1, output padding 1: the gradient of a convolution that
 * pads one row above and one column to the left. tfjs has no name for that padding; TensorFlow has.
 */
export function doubled(x: tf.Tensor4D, weights: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width] = x.shape;
  const channels = weights.shape[2];
  const native = nativeBackend();
  if (native === undefined) {
    const full = tf.conv2dTranspose(x, weights, [batch, 2 * height + 1, 2 * width + 1, channels], 2, 'valid');
    const part = tf.slice4d(full, [0, 1, 1, 0], [batch, 2 * height, 2 * width, channels]);
    full.dispose();
    return part;
  }
  const { binding } = native;
  const size = tf.tensor1d([batch, 2 * height, 2 * width, channels], 'int32');
  const attributes = [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'strides', type: binding.TF_ATTR_INT, value: [1, 2, 2, 1] },
    { name: 'dilations', type: binding.TF_ATTR_INT, value: [1, 1, 1, 1] },
    { name: 'padding', type: binding.TF_ATTR_STRING, value: 'EXPLICIT' },
    { name: 'explicit_paddings', type: binding.TF_ATTR_INT, value: [0, 0, 1, 0, 1, 0, 0, 0] },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
  ];
  const y = native.executeSingleOutput('Conv2DBackpropInput', attributes, [size, weights, x]) as tf.Tensor4D;
  size.dispose();
  return y;
}
