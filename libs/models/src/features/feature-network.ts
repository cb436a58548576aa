import type * as tf from '@tensorflow/tfjs';

/** Networks whose inner values tell how alike two pictures look. */
export type FeatureKind = 'darknet-tiny' | 'vgg16';

/**
 * An opened feature network. `extract` takes pictures `[b, h, w, 3]`, RGB in −1..1 (the network's own normalisation is
 * inside), and gives one tensor a tap, in the order of `taps`, that the caller disposes of. It is plain tfjs: it has
 * gradients for the pictures, none for the weights, and can be traced into a compiled step, where the weights become
 * constants.
 */
export interface FeatureNetwork {
  readonly kind: FeatureKind;
  /** Names of what `extract` gives, such as `conv_6`. */
  readonly taps: readonly string[];
  /** Of the weights' files, for a run's records: see {@link OpenFeaturesOptions.sha256}. */
  readonly sha256: string;
  readonly extract: (pictures: tf.Tensor4D) => tf.Tensor4D[];
  /** Frees the weights. Compiled functions that hold them as constants go on working. */
  readonly dispose: () => void;
}
