import { choosePrecision, type Precision } from '@kinemacolor/models';
import { cycleLearner, type Learner, type StepSettings } from '@kinemacolor/training';
import { ADAM } from '../step/form.js';
import { RESIDUAL_BLOCKS } from './networks.js';

/** λ of the public implementation: 10, and half of that for identity. */
export const LOSS_WEIGHTS = { cycle: 10, identity: 5 } as const;

/** What the trainer does in every step of this bench. */
export const SETTINGS: StepSettings = {
  generatorRate: ADAM.rate,
  discriminatorRate: ADAM.rate,
  momentum: ADAM.beta1,
  averageDecay: 0.999,
  step: 0,
};

export const autoPrecision = (): Precision => choosePrecision('auto', 'cpu');

/** The trainer's own CycleGAN: generators and discriminators of this width, LSGAN, cycle, identity, Adam, no pool. */
export function trainerLearner(width: number): Learner {
  const { beta1, beta2, epsilon } = ADAM;
  return cycleLearner({
    shape: { width, residualBlocks: RESIDUAL_BLOCKS, discriminatorWidth: width },
    seed: 1,
    weights: { adversarial: 1, ...LOSS_WEIGHTS, perceptual: 0, chroma: 0 },
    perception: undefined,
    optimiser: { kind: 'adam', beta1, beta2, epsilon, weightDecay: 0 },
    pool: 0,
    precision: autoPrecision(),
  });
}
