import type { StageConfig, TrainingConfig } from '../config/schema.js';
import { scheduleOf } from '../config/schedule-schema.js';
import type { StepSettings } from '../steps/step-program.js';
import { averageDecay } from '../weight-average.js';

/** Where a step is: in the whole run, and in its stage. */
export interface StepPlace {
  readonly step: number;
  readonly stageStep: number;
  /** Steps of the stage. */
  readonly total: number;
}

/** What a step is told: a function of its place, so that a resumed run needs no state of it. */
export function stageSettings(
  { generator, discriminator }: Pick<StageConfig, 'generator' | 'discriminator'>,
  { optimiser, average }: Pick<TrainingConfig, 'optimiser' | 'average'>,
  { step, stageStep, total }: StepPlace,
): StepSettings {
  const painting = scheduleOf(generator)(stageStep, total);
  const judging = scheduleOf(discriminator ?? generator)(stageStep, total);
  return {
    generatorRate: painting.rate,
    discriminatorRate: judging.rate,
    momentum: painting.momentum ?? optimiser.beta1,
    discriminatorMomentum: judging.momentum ?? optimiser.beta1,
    averageDecay: averageDecay(average, step),
    step,
  };
}
