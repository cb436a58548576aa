import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../data/index.js';
import { Random } from '../random.js';
import { chromaLearner } from './chroma-learner.js';
import { cycleLearner } from './cycle-learner.js';
import type { Learner } from './learner.js';
import type { Phase, StepProgram, StepSettings } from './step-program.js';

const [SIZE, BATCH] = [32, 2];
const shape = { width: 2, residualBlocks: 1, discriminatorWidth: 2 };
const optimiser = { kind: 'adam', beta1: 0.5, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;
const settings = (step: number): StepSettings => ({
  generatorRate: 2e-3,
  discriminatorRate: 2e-3,
  momentum: 0.5,
  averageDecay: 0.5,
  step,
});

/** Smooth patches of numbers in −1..1. */
function noise(length: number, seed: number): Float32Array {
  const random = new Random(seed);
  let value = 0;
  return Float32Array.from(
    { length },
    () => (value = Math.max(-0.9, Math.min(0.9, value + random.between(-0.2, 0.2)))),
  );
}

const pixels = BATCH * SIZE * SIZE;
const batch: Batch = {
  index: 0,
  a: noise(pixels * 3, 1),
  b: noise(pixels * 3, 2),
  luma: noise(pixels, 3),
  chroma: noise(pixels * 2, 4).map((value) => value / 2),
};

interface Kind {
  readonly open: (pool?: number) => Learner;
  /** Sizes of the image pool that make another step, and how many steps show that it holds on to nothing. */
  readonly pools: readonly (readonly [pool: number, steps: number])[];
  readonly generators: readonly string[];
  readonly discriminators: readonly string[];
  readonly names: readonly string[];
}

const KINDS: Readonly<Record<string, Kind>> = {
  chroma: {
    open: () =>
      chromaLearner({
        shape,
        seed: 1,
        weights: { adversarial: 0.1, perceptual: 0, chroma: 1, chromaDelta: 0.1, chromaLog: 0.001, colourWeight: 0.5 },
        perception: undefined,
        optimiser,
        precision: 'fp32',
      }),
    pools: [[0, 500]],
    generators: ['generator'],
    discriminators: ['discriminator'],
    names: ['adversarial', 'chroma', 'chromaLog', 'discriminator', 'generator'],
  },
  cycle: {
    open: (pool = 0) =>
      cycleLearner({
        shape,
        seed: 1,
        weights: { adversarial: 1, cycle: 10, identity: 5, perceptual: 1, chroma: 2 },
        perception: {
          extract: (x) => [tf.relu(tf.avgPool(x, 2, 2, 'valid'))],
          weights: { scale: 0.1, pixels: 1, features: [1], grams: [1] },
        },
        optimiser,
        pool,
        precision: 'fp32',
      }),
    pools: [
      [0, 500],
      [3, 130],
    ],
    generators: ['generators'],
    discriminators: ['discriminatorColour', 'discriminatorGrey'],
    names: [
      'adversarialColour',
      'adversarialGrey',
      'chroma',
      'cycleColour',
      'cycleGrey',
      'discriminatorColour',
      'discriminatorGrey',
      'generator',
      'identityColour',
      'identityGrey',
      'perceptualColour',
      'perceptualGrey',
    ],
  },
};

const valuesOf = (learner: Learner, groups: readonly string[]): number[] =>
  groups.flatMap((group) => learner.groups[group]!.flatMap((variable) => [...variable.dataSync<'float32'>()]));

const compile = (learner: Learner, phase: Phase): Promise<StepProgram> =>
  learner.compile({ phase, batch: BATCH, size: SIZE });

beforeAll(async () => {
  await loadBackend('cpu');
});

describe.each(Object.entries(KINDS))('the %s learner', (_, { open, pools, generators, discriminators, names }) => {
  it('tells every loss, and the generator lowers its own', async () => {
    const learner = open();
    const program = await compile(learner, 'generator');
    const first = await program.step(batch, settings(0));
    expect(Object.keys(first).sort()).toEqual(names.filter((name) => !/adversarial|discriminator/.test(name)));
    let last = first;
    for (let step = 1; step < 30; step++) last = await program.step(batch, settings(step));
    expect(last['generator']).toBeLessThan(0.9 * first['generator']!);
    program.dispose();
    const both = await compile(learner, 'adversarial');
    expect(Object.keys(await both.step(batch, settings(30))).sort()).toEqual(names);
    both.dispose();
    learner.dispose();
  });

  it.each([
    ['generator', generators, discriminators],
    ['critic', discriminators, generators],
  ] as const)('in the phase %s only its own networks change', async (phase, changing, staying) => {
    const learner = open();
    const before = [valuesOf(learner, changing), valuesOf(learner, staying)];
    const program = await compile(learner, phase);
    await program.step(batch, settings(0));
    program.readVariables();
    expect(valuesOf(learner, changing)).not.toEqual(before[0]);
    expect(valuesOf(learner, staying)).toEqual(before[1]);
    program.dispose();
    learner.dispose();
  });

  it('gives the discriminators a momentum of their own, or that of the generators', async () => {
    const judged = async (more: Partial<StepSettings>): Promise<number[]> => {
      const learner = open();
      const program = await compile(learner, 'critic');
      const shown = [batch, { ...batch, b: batch.a!, chroma: batch.chroma!.map((value) => -value) }];
      for (const [step, one] of shown.entries()) await program.step(one, { ...settings(step), ...more });
      program.readVariables();
      const values = valuesOf(learner, discriminators);
      program.dispose();
      learner.dispose();
      return values;
    };
    expect(await judged({ momentum: 0.1, discriminatorMomentum: 0.5 })).toEqual(await judged({ momentum: 0.5 }));
  });

  it('keeps a moving average of the generator', async () => {
    const learner = open();
    const start = learner.generator.trainableWeights.map((weight) => [...weight.read().dataSync<'float32'>()]);
    const program = await compile(learner, 'generator');
    await program.step(batch, settings(0));
    program.readVariables();
    const now = learner.generator.trainableWeights.map((weight) => [...weight.read().dataSync<'float32'>()]);
    for (const [i, mean] of learner.average.values().entries()) {
      const values = mean.dataSync<'float32'>();
      const expected = start[i]!.map((value, k) => (value + now[i]![k]!) / 2);
      for (const [k, value] of expected.entries()) expect(values[k]).toBeCloseTo(value, 6);
    }
    program.dispose();
    learner.dispose();
  });

  it.each(pools)(
    'with a pool of %d holds as many tensors after %d steps as after 5, and leaves none',
    async (pool, steps) => {
      const before = tf.memory().numTensors;
      const learner = open(pool);
      const program = await compile(learner, 'adversarial');
      for (let step = 0; step < 5; step++) await program.step(batch, settings(step));
      const held = tf.memory().numTensors;
      for (let step = 5; step < 100; step++) await program.step(batch, settings(step));
      const resident = process.memoryUsage.rss();
      for (let step = 100; step < steps; step++) await program.step(batch, settings(step));
      expect(tf.memory().numTensors).toBe(held);
      // What a compiled step held on to inside would be no tensor of ours: that of hundreds of steps is hundreds of megabytes.
      expect((process.memoryUsage.rss() - resident) / 2 ** 20).toBeLessThan(40);
      program.dispose();
      learner.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('forgets its moments at the beginning of a stage', async () => {
    const learner = open();
    const program = await compile(learner, 'adversarial');
    await program.step(batch, settings(0));
    program.readVariables();
    program.dispose();
    const moments = Object.keys(learner.groups).filter((group) => group.endsWith('Optimiser'));
    expect(valuesOf(learner, moments).some((value) => value !== 0)).toBe(true);
    learner.beginStage();
    expect(valuesOf(learner, moments).every((value) => value === 0)).toBe(true);
    learner.dispose();
  });
});

describe('the recogniser of a semantic branch', () => {
  it('learns at its share of the rate', async () => {
    /** How far its weights have gone at most, and those of the rest. */
    const moved = async (recogniserRate: number): Promise<[number, number]> => {
      const learner = chromaLearner({
        shape: { ...shape, semantics: 'darknet-tiny' },
        seed: 1,
        weights: { adversarial: 0, perceptual: 0, chroma: 1, chromaDelta: 0.1, colourWeight: 0 },
        perception: undefined,
        optimiser,
        precision: 'fp32',
        recogniserRate,
      });
      const named = (): Map<string, Float32Array> =>
        new Map(learner.generator.layers.filter(({ weights }) => weights.length > 0).map(({ name, weights }) => [name, weights[0]!.read().dataSync<'float32'>().slice()])); // prettier-ignore
      const before = named();
      const program = await compile(learner, 'generator');
      for (let step = 0; step < 6; step++) await program.step(batch, settings(step));
      program.readVariables();
      const far = [0, 0] as [number, number];
      for (const [name, values] of named()) {
        const way = values.reduce((most, value, i) => Math.max(most, Math.abs(value - before.get(name)![i]!)), 0);
        const place = /^semantic_\d+$/.test(name) ? 0 : 1;
        far[place] = Math.max(far[place], way);
      }
      program.dispose();
      learner.dispose();
      return far;
    };
    const [still, fast, slow] = [await moved(0), await moved(1), await moved(0.1)];
    expect(still[0]).toBe(0);
    expect(still[1]).toBeGreaterThan(1e-3);
    expect(fast[0]).toBeGreaterThan(1e-3);
    expect(slow[0]).toBeGreaterThan(0);
    expect(slow[0] / fast[0]).toBeLessThan(0.2);
  });
});

describe('the image pools of the cycle learner', () => {
  it('change nothing but where the step is cut as long as they are not full', async () => {
    const trained = async (pool: number): Promise<[losses: unknown, values: number[]]> => {
      const learner = KINDS['cycle']!.open(pool);
      const program = await compile(learner, 'adversarial');
      const losses: unknown[] = [];
      for (let step = 0; step < 3; step++) {
        losses.push(
          await program.step(batch, { ...settings(step), discriminatorRate: 5e-3, discriminatorMomentum: 0.8 }),
        );
      }
      program.readVariables();
      const values = valuesOf(learner, Object.keys(learner.groups));
      program.dispose();
      learner.dispose();
      return [losses, values];
    };
    expect(await trained(0)).toEqual(await trained(1000));
  });

  it('change what the discriminators see once they are full, and come back from a keepsake', async () => {
    const losses = async (learner: Learner, from: number, to: number): Promise<number[]> => {
      const program = await compile(learner, 'critic');
      const found: number[] = [];
      for (let step = from; step < to; step++) {
        // Two kinds of pictures, so that an older one is another one.
        const shown = step % 2 === 0 ? batch : { ...batch, a: batch.b!, b: batch.a! };
        found.push((await program.step(shown, settings(step)))['discriminatorColour']!);
      }
      program.readVariables();
      program.dispose();
      return found;
    };
    const whole = KINDS['cycle']!.open(4);
    const undisturbed = await losses(whole, 0, 12);
    const without = KINDS['cycle']!.open(0);
    expect(await losses(without, 0, 12)).not.toEqual(undisturbed);

    const first = KINDS['cycle']!.open(4);
    await losses(first, 0, 6);
    const second = KINDS['cycle']!.open(4);
    for (const [group, variables] of Object.entries(second.groups)) {
      for (const [i, variable] of variables.entries()) variable.assign(tf.add(first.groups[group]![i]!, 0));
    }
    second.restoreKeepsake(first.keepsake());
    expect(await losses(second, 6, 12)).toEqual(undisturbed.slice(6));
    for (const learner of [whole, without, first, second]) learner.dispose();
  });
});
