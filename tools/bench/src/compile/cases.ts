import { openGenerator } from '@kinemacolor/models';
import * as tf from '@tensorflow/tfjs';
import { cycleGanStep } from './cycle-gan-step.js';

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

const firstStep: Case = async () => {
  const step = await cycleGanStep(STEP.width, STEP.size);
  const picture = tf.zeros<tf.Rank.R4>([1, STEP.size, STEP.size, 3]);
  await step(picture, picture).generators.data();
};

/** `cached` finds what `generator` has left in the cache. */
export const CASES: Readonly<Record<CaseName, Case>> = {
  generator: firstPicture,
  step: firstStep,
  cached: firstPicture,
};
