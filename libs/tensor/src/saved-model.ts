import type * as tf from '@tensorflow/tfjs';
import { loadedPackage } from './backend.js';
import { TensorError } from './tensor-error.js';

/** One signature of a SavedModel that libtensorflow has loaded. Signatures of one folder share a session. */
export interface NativeFunction {
  /** Named tensors in, named tensors out; the caller owns both. */
  predict(inputs: tf.NamedTensorMap): tf.NamedTensorMap;
  /** Lets go of it; the session ends with its last signature. */
  dispose(): void;
}

/**
 * Loads a signature of a SavedModel into the native engine, which {@link loadBackend} must have loaded.
 * @param folder holds `saved_model.pb`; read once, and remembered by this name while the process lives
 * @throws TensorError `ENGINE_MISSING` before `loadBackend`, `ENGINE_FAILED` with TensorFlow's reason
 */
export async function loadSavedModel(folder: string, signature: string): Promise<NativeFunction> {
  const { node } = loadedPackage();
  try {
    return (await node.loadSavedModel(folder, ['serve'], signature)) as NativeFunction;
  } catch (error) {
    throw TensorError.from(error);
  }
}
