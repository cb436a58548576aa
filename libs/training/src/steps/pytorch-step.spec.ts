import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { cycleLearner } from './cycle-learner.js';
import type { Learner } from './learner.js';
import type { OptimiserChoice } from './optimiser-choice.js';
import type { Perception } from './perception.js';
import { isUndetermined, namedVariables, readSeedStep, readStoredStep, storedNetworks, storedPictures, storedWeights } from './stored-step.js'; // prettier-ignore

const stored = readStoredStep();
const seed = readSeedStep();

beforeAll(async () => {
  await loadBackend('cpu');
});

interface Kind {
  readonly weights: { readonly cycle: number; readonly identity: number; readonly perceptual: number };
  readonly optimiser: Omit<OptimiserChoice, 'weightDecay'> & { readonly rate: number };
  readonly losses: Readonly<Record<string, number>>;
  readonly after: 'after' | 'after-seed';
  readonly perception?: () => Perception;
}

const KINDS: Readonly<Record<string, Kind>> = {
  "PyTorch's": {
    weights: { ...stored.weights, perceptual: 0 },
    optimiser: { kind: 'adam', ...stored.adam },
    losses: stored.losses,
    after: 'after',
  },
  "the seed's in PyTorch": {
    weights: seed.weights,
    optimiser: { kind: 'lamb', ...seed.lamb },
    losses: seed.losses,
    after: 'after-seed',
    perception: seedPerception,
  },
};

/** The small fixed network of the stored step; the caller has its tensors until the end of the tests. */
function seedPerception(): Perception {
  const [first, second] = [seed.extractor.first, seed.extractor.second].map(({ values, shape }) => tf.tensor(values, shape)) as [tf.Tensor4D, tf.Tensor4D]; // prettier-ignore
  return {
    extract: (pictures) => {
      const tap: tf.Tensor4D = tf.relu(tf.conv2d(pictures, first, 1, 'same'));
      return [tap, tf.leakyRelu(tf.conv2d(tf.maxPool(tap, 2, 2, 'valid'), second, 1, 'same'), 0.1)];
    },
    weights: {
      scale: 0.1,
      pixels: 1,
      features: seed.featureWeights,
      grams: seed.featureWeights.map((weight) => weight ** 2 * 5000),
    },
  };
}

/** A learner of the stored shape with the stored weights, and its variables by the names of these. */
function storedLearner(
  { weights, optimiser: { kind, beta1, beta2, epsilon }, perception }: Kind,
  precision: 'fp32' | 'bf16',
): { learner: Learner; variables: Map<string, tf.Variable> } {
  const { width, residualBlocks } = stored.generator;
  const learner = cycleLearner({
    shape: { width, residualBlocks, discriminatorWidth: stored.discriminator.width },
    seed: 1,
    weights: { adversarial: 1, ...weights, chroma: 0 },
    perception: perception?.(),
    optimiser: { kind, beta1, beta2, epsilon, weightDecay: 0 },
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

describe.each(Object.entries(KINDS))("the trainer's own compiled step of all four networks is %s", (_, kind) => {
  it.each([
    ['fp32', 1e-4, 1e-3],
    ['bf16', 0.05, undefined],
  ] as const)('in %s', async (precision, lossBound, weightBound) => {
    const { learner, variables } = storedLearner(kind, precision);
    const { batch, size } = stored.pictures;
    const pictures = storedPictures(stored);
    const program = await learner.compile({ phase: 'adversarial', batch, size });
    const { rate, beta1 } = kind.optimiser;
    const losses = await program.step(
      { index: 0, a: await pictures.grey.data<'float32'>(), b: await pictures.colour.data<'float32'>() },
      { generatorRate: rate, discriminatorRate: rate, momentum: beta1, averageDecay: 0, step: 0 },
    );
    tf.dispose(pictures);
    expect(Object.keys(losses).sort()).toEqual(Object.keys(kind.losses).sort());
    for (const [name, loss] of Object.entries(kind.losses)) {
      expect(Math.abs(losses[name]! / loss - 1), name).toBeLessThan(lossBound);
    }
    program.readVariables();
    const [before, after] = [storedWeights(stored, 'before'), storedWeights(stored, kind.after)];
    let [together, whole] = [0, 0];
    for (const { name } of stored.tensors) {
      if (isUndetermined(name)) continue;
      const [start, expected, found] = [
        before.get(name)!,
        after.get(name)!,
        variables.get(name)!.dataSync<'float32'>(),
      ];
      // The first step moves every weight of a tensor as far, whatever the size of its gradient: to a thousandth of that.
      const moved = Math.max(...expected.map((value, i) => Math.abs(value - start[i]!)));
      expect(moved, name).toBeGreaterThan(5e-6);
      for (const [i, value] of expected.entries()) {
        if (weightBound !== undefined) expect(Math.abs(found[i]! - value), name).toBeLessThan(weightBound * moved + 1e-7); // prettier-ignore
        if (Math.sign(value - start[i]!) === Math.sign(found[i]! - start[i]!)) together += 1;
        whole += 1;
      }
    }
    // In bfloat16 small gradients may turn over; most may not.
    expect(together / whole).toBeGreaterThan(precision === 'fp32' ? 0.999 : 0.85);
    program.dispose();
    learner.dispose();
  });
});
