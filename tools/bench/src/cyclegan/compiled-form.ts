import type { StepProgram } from '@kinemacolor/training';
import type { Form, Losses } from '../step/form.js';
import { assignWeights } from './assign-weights.js';
import type { CyclePictures } from './cycle-pictures.js';
import { autoPrecision, SETTINGS, trainerLearner } from './trainer-learner.js';

/** The step that the trainer takes in its adversarial phase, as it compiles it for a stage. */
export function compiledForm(width: number, size: number, weights: Float32Array, pictures: CyclePictures): Form {
  const learner = trainerLearner(width);
  const { generators, discriminatorColour, discriminatorGrey } = learner.groups;
  const batch = { index: 0, a: pictures.grey, b: pictures.colour };
  let program: StepProgram | undefined;
  return {
    how: `compiled ${autoPrecision()}`,
    restart: async () => {
      program?.dispose();
      assignWeights([...generators!, ...discriminatorColour!, ...discriminatorGrey!], weights);
      learner.beginStage();
      learner.average.restart();
      program = await learner.compile({ phase: 'adversarial', batch: 1, size });
    },
    step: async () => minimised(await program!.step(batch, SETTINGS)),
  };
}

/** Of the losses that the trainer tells, those that are minimised: each is made of the others. */
function minimised({ generator, discriminatorColour, discriminatorGrey }: Losses): Losses {
  return { generator: generator!, discriminatorColour: discriminatorColour!, discriminatorGrey: discriminatorGrey! };
}
