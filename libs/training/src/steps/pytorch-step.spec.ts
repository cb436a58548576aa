import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { cycleLearner } from './cycle-learner.js';
import type { Learner } from './learner.js';
import { isUndetermined, namedVariables, readStoredStep, storedNetworks, storedPictures, storedWeights } from './stored-step.js'; // prettier-ignore

const stored = readStoredStep();

beforeAll(async () => {
  await loadBackend('cpu');
});

/** A learner of the stored shape with the stored weights, and its variables by the names of these. */
function storedLearner(precision: 'fp32' | 'bf16'): { learner: Learner; variables: Map<string, tf.Variable> } {
  const { width, residualBlocks } = stored.generator;
  const { beta1, beta2, epsilon } = stored.adam;
  const learner = cycleLearner({
    shape: { width, residualBlocks, discriminatorWidth: stored.discriminator.width },
    seed: 1,
    weights: { adversarial: 1, ...stored.weights, perceptual: 0, chroma: 0 },
    perception: undefined,
    optimiser: { kind: 'adam', beta1, beta2, epsilon, weightDecay: 0 },
    pool: 0,
    precision,
  });
  const networks = storedNetworks(stored);
  const { generators, discriminatorColour, discriminatorGrey } = learner.groups as Record<string, tf.Variable[]>;
  const ours = [...generators!, ...discriminatorColour!, ...discriminatorGrey!];
  const variables = new Map<string, tf.Variable>();
  for (const [i, [name, variable]] of [...namedVariables(networks)].entries()) {
    tf.tidy(() => {
      ours[i]!.assign(tf.add(variable, 0));
    });
    variables.set(name, ours[i]!);
  }
  for (const model of Object.values(networks)) model.dispose();
  return { learner, variables };
}

describe("the trainer's own compiled step of all four networks", () => {
  it.each([
    ['fp32', 1e-4, 1e-4],
    ['bf16', 0.05, undefined],
  ] as const)("in %s is PyTorch's", async (precision, lossBound, weightBound) => {
    const { learner, variables } = storedLearner(precision);
    const { batch, size } = stored.pictures;
    const pictures = storedPictures(stored);
    const program = await learner.compile({ phase: 'adversarial', batch, size });
    const { rate, beta1 } = stored.adam;
    const losses = await program.step(
      { index: 0, a: await pictures.grey.data<'float32'>(), b: await pictures.colour.data<'float32'>() },
      { generatorRate: rate, discriminatorRate: rate, momentum: beta1, averageDecay: 0, step: 0 },
    );
    tf.dispose(pictures);
    expect(Object.keys(losses).sort()).toEqual(Object.keys(stored.losses).sort());
    for (const [name, loss] of Object.entries(stored.losses)) {
      expect(Math.abs(losses[name]! / loss - 1), name).toBeLessThan(lossBound);
    }
    program.readVariables();
    const [before, after] = [storedWeights(stored, 'before'), storedWeights(stored, 'after')];
    let [together, whole] = [0, 0];
    for (const { name } of stored.tensors) {
      if (isUndetermined(name)) continue;
      const [start, expected, found] = [
        before.get(name)!,
        after.get(name)!,
        variables.get(name)!.dataSync<'float32'>(),
      ];
      for (const [i, value] of expected.entries()) {
        // The first step of Adam moves each weight by the rate, whatever the size of its gradient: to a thousandth of that.
        if (weightBound !== undefined) expect(Math.abs(found[i]! - value), name).toBeLessThan(1e-3 * rate + 1e-7);
        if (Math.sign(value - start[i]!) === Math.sign(found[i]! - start[i]!)) together += 1;
        whole += 1;
      }
    }
    // In bfloat16 small gradients may turn over; most may not.
    expect(together / whole).toBeGreaterThan(precision === 'fp32' ? 0.999 : 0.9);
    program.dispose();
    learner.dispose();
  });
});
