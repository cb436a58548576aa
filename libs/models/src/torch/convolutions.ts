import * as tf from '@tensorflow/tfjs';

import { ModelError } from '../model-error.js';
import { isUnusedStatistic } from './network-kind.js';
import { type Checkpoint, type CheckpointTensor } from './state-dict.js';

/** Where a convolution is in the checkpoint and where it goes. */
export interface Convolution {
  /** Name in the checkpoint, without `.weight`. */
  readonly from: string;
  /** Name of the layer in the model. */
  readonly to: string;
  /** PyTorch's shape of the weights: `[out, in, k, k]`, or `[in, out, k, k]` for a transposed convolution. */
  readonly shape: readonly [number, number, number, number];
  /** Number of output channels. */
  readonly bias: number;
}

/**
 * Checks that the checkpoint holds exactly these convolutions, with finite numbers.
 *
 * @throws ModelError `UNSUPPORTED` naming the first tensor that is missing, of another shape, or too many; `CORRUPT` for
 * numbers that are infinite or not numbers
 */
export function checkConvolutions(checkpoint: Checkpoint, convolutions: readonly Convolution[]): void {
  const expected = new Set<string>();
  for (const { from, shape, bias } of convolutions) {
    checkTensor(checkpoint, `${from}.weight`, shape);
    checkTensor(checkpoint, `${from}.bias`, [bias]);
    expected.add(`${from}.weight`).add(`${from}.bias`);
  }
  const extra = [...checkpoint.keys()].find((name) => !expected.has(name) && !isUnusedStatistic(name));
  if (extra !== undefined)
    throw new ModelError('UNSUPPORTED', `the network has a tensor ${extra} that is unknown here`);
}

function checkTensor(checkpoint: Checkpoint, name: string, shape: readonly number[]): void {
  const tensor = checkpoint.get(name);
  if (!tensor) throw new ModelError('UNSUPPORTED', `the network has no tensor ${name}`);
  if (tensor.shape.join() !== shape.join()) {
    const found = tensor.shape.join(', ');
    throw new ModelError('UNSUPPORTED', `${name} has shape [${found}] where [${shape.join(', ')}] belongs`);
  }
  if (!tensor.data.every(Number.isFinite)) throw new ModelError('CORRUPT', `${name} has numbers that are not finite`);
}

/** Puts checked convolutions into a model whose layers have the names in `to`. */
export function placeConvolutions(
  model: tf.LayersModel,
  checkpoint: Checkpoint,
  convolutions: readonly Convolution[],
): void {
  for (const { from, to } of convolutions) {
    const weight = checkpoint.get(`${from}.weight`)!;
    const bias = checkpoint.get(`${from}.bias`)!;
    tf.tidy(() => {
      model.getLayer(to).setWeights([kernel(weight), tf.tensor1d(bias.data)]);
    });
  }
}

/**
 * `[out, in, h, w]` → `[h, w, in, out]`, and by the same permutation a transposed convolution's `[in, out, h, w]` →
 * `[h, w, out, in]`, each of which is what tfjs expects. Both correlate without a flip.
 */
function kernel({ shape, data }: CheckpointTensor): tf.Tensor {
  return tf.transpose(tf.tensor(data, [...shape]), [2, 3, 1, 0]);
}
