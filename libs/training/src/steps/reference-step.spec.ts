import { adam } from '@kinemacolor/compile';
import { cycle, identity, lsganDiscriminator, lsganGenerator } from '@kinemacolor/losses';
import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { isUndetermined, namedVariables, readStoredStep, storedNetworks, storedPictures, storedWeights, type FourNetworks, type StoredStep } from './stored-step.js'; // prettier-ignore

type Numbers = Readonly<Record<string, number>>;
interface Step {
  readonly losses: Numbers;
  /** Euclidean, by the name of a variable: the first step of Adam alone would show no more than signs. */
  readonly gradientNorms: Numbers;
}

/** One step in plain tfjs, in the order of the public implementation. Changes the networks. */
function eagerStep(
  { adam: { rate, ...options }, weights }: StoredStep,
  { toColour, toGrey, judgeColour, judgeGrey }: FourNetworks,
  { grey, colour }: ReturnType<typeof storedPictures>,
): Step {
  const run = (model: tf.LayersModel, x: tf.Tensor): tf.Tensor4D => model.apply(x) as tf.Tensor4D;
  const losses: Record<string, number> = {};
  const gradientNorms: Record<string, number> = {};
  const noted = (name: string, loss: tf.Scalar): tf.Scalar => {
    losses[name] = loss.dataSync()[0]!;
    return loss;
  };
  const update = (models: readonly tf.LayersModel[], loss: () => tf.Scalar): void => {
    const variables = models.flatMap(({ trainableWeights }) => trainableWeights.map((weight) => weight.read() as unknown as tf.Variable)); // prettier-ignore
    const optimiser = adam(variables, options);
    const { grads } = tf.variableGrads(loss, variables);
    for (const [name, gradient] of Object.entries(grads)) gradientNorms[name] = tf.norm(gradient).dataSync()[0]!;
    optimiser.apply(grads, { rate });
    tf.dispose([...optimiser.variables]);
  };
  tf.tidy(() => {
    // The discriminators judge what was painted before the generators' update.
    const [fakeColour, fakeGrey] = [run(toColour, grey), run(toGrey, colour)];
    update([toColour, toGrey], () => {
      const [paintedColour, paintedGrey] = [run(toColour, grey), run(toGrey, colour)];
      const terms: tf.Scalar[] = [
        noted('adversarialColour', lsganGenerator(run(judgeColour, paintedColour))),
        noted('adversarialGrey', lsganGenerator(run(judgeGrey, paintedGrey))),
        tf.mul(noted('cycleGrey', cycle(run(toGrey, paintedColour), grey)), weights.cycle),
        tf.mul(noted('cycleColour', cycle(run(toColour, paintedGrey), colour)), weights.cycle),
        tf.mul(noted('identityColour', identity(run(toColour, colour), colour)), weights.identity),
        tf.mul(noted('identityGrey', identity(run(toGrey, grey), grey)), weights.identity),
      ];
      return noted('generator', tf.addN(terms));
    });
    update([judgeColour], () => noted('discriminatorColour', lsganDiscriminator(run(judgeColour, colour), run(judgeColour, fakeColour)))); // prettier-ignore
    update([judgeGrey], () => noted('discriminatorGrey', lsganDiscriminator(run(judgeGrey, grey), run(judgeGrey, fakeGrey)))); // prettier-ignore
  });
  return { losses, gradientNorms };
}

beforeAll(async () => {
  await loadBackend('cpu');
});

it("one step of all four networks is PyTorch's, in plain tfjs", () => {
  const stored = readStoredStep();
  const networks = storedNetworks(stored);
  const pictures = storedPictures(stored);
  const { losses, gradientNorms } = eagerStep(stored, networks, pictures);

  expect(Object.keys(losses).sort()).toEqual(Object.keys(stored.losses).sort());
  for (const [name, loss] of Object.entries(stored.losses)) {
    expect(Math.abs(losses[name]! / loss - 1), name).toBeLessThan(1e-4);
  }
  const variables = namedVariables(networks);
  expect([...variables.keys()].sort()).toEqual(stored.tensors.map(({ name }) => name).sort());
  const [before, after] = [storedWeights(stored, 'before'), storedWeights(stored, 'after')];
  let compared = 0;
  for (const { name, gradientNorm } of stored.tensors) {
    if (isUndetermined(name)) continue;
    const variable = variables.get(name)!;
    expect(Math.abs(gradientNorms[variable.name]! / gradientNorm - 1), name).toBeLessThan(1e-4);
    const [start, expected, found] = [before.get(name)!, after.get(name)!, variable.dataSync()];
    expect(found.length, name).toBe(expected.length);
    const differences = Array.from(expected, (value, i) => Math.abs(found[i]! - value));
    const steps = Array.from(expected, (value, i) => Math.abs(value - start[i]!));
    // The step itself is 2e-4 for nearly every weight.
    expect(Math.max(...steps), name).toBeGreaterThan(1e-4);
    expect(Math.max(...differences), name).toBeLessThan(1e-5);
    compared += expected.length;
  }
  expect(compared).toBeGreaterThan(20_000);
  tf.dispose(Object.values(pictures));
  for (const model of Object.values(networks)) model.dispose();
});
