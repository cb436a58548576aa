import * as tf from '@tensorflow/tfjs';
import type { StoredTensor, TensorGroups } from '../checkpoint/checkpoint-store.js';
import { TrainingError } from '../config/training-error.js';
import type { Learner } from '../steps/learner.js';

const KEEPSAKE = 'keepsake.';

/** Everything of a learner that a checkpoint holds; the variables must hold what the graph has. */
export async function stateOf({ groups, keepsake }: Learner): Promise<TensorGroups> {
  const stored: Record<string, StoredTensor[]> = {};
  for (const [name, variables] of Object.entries(groups)) {
    stored[name] = await Promise.all(
      variables.map(async (variable) => ({ shape: variable.shape, values: await variable.data<'float32'>() })),
    );
  }
  for (const [name, pictures] of Object.entries(keepsake())) {
    stored[KEEPSAKE + name] = pictures.map((values) => ({ shape: [values.length], values }));
  }
  return stored;
}

/** @throws TrainingError `BAD_RUN` when the checkpoint is of other networks */
export function restoreState({ groups, restoreKeepsake }: Learner, stored: TensorGroups): void {
  for (const [name, variables] of Object.entries(groups)) {
    const values = stored[name] ?? [];
    const fits = variables.length === values.length && variables.every(({ shape }, i) => String(shape) === String(values[i]!.shape)); // prettier-ignore
    if (!fits) throw new TrainingError('BAD_RUN', `The checkpoint does not fit the networks of the config (${name}).`);
    tf.tidy(() => {
      for (const [i, variable] of variables.entries()) variable.assign(tf.tensor(values[i]!.values, variable.shape));
    });
  }
  const kept = Object.entries(stored).filter(([name]) => name.startsWith(KEEPSAKE));
  restoreKeepsake(
    Object.fromEntries(kept.map(([name, list]) => [name.slice(KEEPSAKE.length), list.map(({ values }) => values)])),
  );
}
