import * as tf from '@tensorflow/tfjs';

/** Live tensors in this thread: flat over time unless something leaks. */
export const tensorCount = (): number => tf.memory().numTensors;
