import * as tf from '@tensorflow/tfjs';

/** Side of the block of output pixels that one position of the blocked convolution paints. */
export const OUTPUT_BLOCK = 4;

/**
 * Re-lays a k×k kernel of stride 1 as a (k + block − 1)² kernel of stride `block` whose output channels are the pixels
 * of a block: `[k, k, in, out]` → `[k + block − 1, k + block − 1, in, block² · out]`. Followed by `depthToSpace(block)`
 * it is the same convolution, exactly, and much faster when `out` is small: matrix units want many output channels.
 */
export function blockedKernel(kernel: tf.Tensor4D, block: number): tf.Tensor4D {
  const [k, , inputs, outputs] = kernel.shape;
  const side = k + block - 1;
  const source = kernel.dataSync();
  const channels = block * block * outputs;
  const values = new Float32Array(side * side * inputs * channels);
  for (let by = 0; by < block; by++) {
    for (let bx = 0; bx < block; bx++) {
      for (let ky = 0; ky < k; ky++) {
        for (let kx = 0; kx < k; kx++) {
          for (let i = 0; i < inputs; i++) {
            for (let o = 0; o < outputs; o++) {
              const to = (((by + ky) * side + bx + kx) * inputs + i) * channels + (by * block + bx) * outputs + o;
              values[to] = source[((ky * k + kx) * inputs + i) * outputs + o]!;
            }
          }
        }
      }
    }
  }
  return tf.tensor4d(values, [side, side, inputs, channels]);
}
