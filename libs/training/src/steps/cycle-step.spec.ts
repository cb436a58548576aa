import { cycle, identity, lsganGenerator, perceptual, type PerceptualWeights } from '@kinemacolor/losses';
import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { cycleNetworks } from '../networks/cycle-networks.js';
import { run } from '../networks/variables-of.js';
import { generatorsStep } from './cycle-step.js';

beforeAll(async () => {
  await loadBackend('cpu');
});

it("the generators' losses are the seed's, each of the pictures that it is meant for", () => {
  const networks = cycleNetworks({ width: 2, residualBlocks: 1, discriminatorWidth: 2 }, 4);
  const weights = { adversarial: 1, cycle: 10, identity: 5, perceptual: 5, chroma: 0 };
  const extract = (x: tf.Tensor4D): tf.Tensor4D[] => [tf.relu(tf.avgPool(x, 2, 2, 'valid'))];
  const shares: PerceptualWeights = { scale: 0.1, pixels: 1, features: [5], grams: [100] };
  tf.tidy(() => {
    const shape: [number, number, number, number] = [2, 32, 32, 3];
    const luma = tf.randomUniform<tf.Rank.R4>([2, 32, 32, 1], -1, 1, 'float32', 1);
    const grey = tf.tile<tf.Tensor4D>(luma, [1, 1, 1, 3]);
    const colour = tf.randomUniform<tf.Rank.R4>(shape, -1, 1, 'float32', 2);
    const { losses } = generatorsStep(networks, weights, { extract, weights: shares }, grey, colour);

    const { toColour, toGrey, judgeColour, judgeGrey } = networks;
    const [fakeColour, fakeGrey] = [run(toColour, grey), run(toGrey, colour)];
    const [againGrey, againColour] = [run(toGrey, fakeColour), run(toColour, fakeGrey)];
    const expected: Record<string, [number, tf.Scalar]> = {
      adversarialColour: [1, lsganGenerator(run(judgeColour, fakeColour))],
      adversarialGrey: [1, lsganGenerator(run(judgeGrey, fakeGrey))],
      cycleGrey: [10, cycle(againGrey, grey)],
      cycleColour: [10, cycle(againColour, colour)],
      identityColour: [5, identity(run(toColour, colour), colour)],
      identityGrey: [5, identity(run(toGrey, grey), grey)],
      // On (real, cycled) and never on (real, painted), in both domains.
      perceptualGrey: [5, perceptual(grey, againGrey, extract, shares)],
      perceptualColour: [5, perceptual(colour, againColour, extract, shares)],
    };
    const found = Object.fromEntries(Object.entries(losses).map(([name, loss]) => [name, loss.dataSync()[0]!]));
    expect(Object.keys(found).sort()).toEqual([...Object.keys(expected), 'generator'].sort());
    let whole = 0;
    for (const [name, [weight, loss]] of Object.entries(expected)) {
      const value = loss.dataSync()[0]!;
      expect(found[name]! / value, name).toBeCloseTo(1, 4);
      whole += weight * value;
    }
    expect(found['generator']! / whole).toBeCloseTo(1, 4);
    // So that a loss of the wrong pictures would show.
    const painted = perceptual(grey, fakeColour, extract, shares).dataSync()[0]!;
    expect(Math.abs(painted / found['perceptualGrey']! - 1)).toBeGreaterThan(0.01);
  });
  for (const model of [networks.toColour, networks.toGrey, networks.judgeColour, networks.judgeGrey]) model.dispose();
});
