import type * as tf from '@tensorflow/tfjs';

/**
 * Gives what a fixed network sees in pictures `[b, h, w, 3]`, RGB in −1..1: one tensor `[b, h', w', c]` a layer, always
 * in the same order. Plain tfjs, so that gradients reach the pictures and a compiled step can hold it; the network's own
 * normalisation is inside. The results are the caller's.
 */
export type FeatureExtractor = (pictures: tf.Tensor4D) => readonly tf.Tensor4D[];
