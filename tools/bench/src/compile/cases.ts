import { openGenerator } from '@kinemacolor/models';
import { SETTINGS, trainerLearner } from '../cyclegan/trainer-learner.js';

export type CaseName = 'generator' | 'step' | 'cached';

/** What is timed: up to the first result of the compiled function. The engine is loaded. */
export type Case = (model: string, cache: string) => Promise<void>;

const SIZE = { batch: 1, height: 256, width: 448 };
/** The discriminator and generators of the seed at the size of its second stage. */
const STEP = { width: 64, size: 128 };

const firstPicture: Case = async (model, cache) => {
  const generator = await openGenerator(model, { cache });
  await generator.generate(new Uint8Array(SIZE.height * SIZE.width).fill(99), SIZE);
};

/** The trainer's own step, from networks that are yet to be made. */
const firstStep: Case = async () => {
  const { width, size } = STEP;
  const program = await trainerLearner(width).compile({ phase: 'adversarial', batch: 1, size });
  const picture = new Float32Array(size * size * 3);
  await program.step({ index: 0, a: picture, b: picture }, SETTINGS);
};

/** `cached` finds what `generator` has left in the cache. */
export const CASES: Readonly<Record<CaseName, Case>> = {
  generator: firstPicture,
  step: firstStep,
  cached: firstPicture,
};
