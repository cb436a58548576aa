import * as tf from '@tensorflow/tfjs';

/**
 * Gram matrix: which channels of a picture's features go together, wherever they are: `Fᵀ·F / (c·h·w)`, with the
 * features F of one picture as `[h·w, c]`.
 *
 * `[b, h, w, c]` → `[b, c, c]`, symmetric.
 * Source: Gatys et al., "Image Style Transfer Using Convolutional Neural Networks", 2016; the divisor of Johnson et al.,
 * "Perceptual Losses for Real-Time Style Transfer and Super-Resolution", 2016, equation 3.
 */
export function gram(features: tf.Tensor4D): tf.Tensor3D {
  return tf.tidy(() => {
    const [batch, height, width, channels] = features.shape;
    const places: tf.Tensor3D = tf.reshape(features, [batch, height * width, channels]);
    return tf.div(tf.matMul(places, places, true, false), channels * height * width);
  });
}
