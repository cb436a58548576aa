import path from 'node:path';
import { buildProgram, type PassSwitches } from '@kinemacolor/compile';
import { choosePrecision, loadModel } from '@kinemacolor/models';
import * as tf from '@tensorflow/tfjs';
import { readFloats } from '../float-files.js';
import { checkSameTraining } from '../step/same-training.js';
import { generatorStep } from '../training/generator-step.js';
import { CHROMA, LUMA } from '../training/training-pair.js';
import { type Form, type Pair, type Switch, without } from './pair.js';

/** As in the bench `training`: after more, Adam has carried rounding too far. */
const COMPARED_STEPS = 5;
const BOUND = { apart: 0.05, falls: true } as const;

/**
 * The step of the bench `training` (generator, L1, Adam, batch 1, the loss read after each) with a pass on and off. Every
 * program begins with the saved weights.
 * @param folder of the model, with a picture of `size` × `size` and its truth beside it
 */
export async function stepPair(folder: string, size: number, off: Switch): Promise<Pair<number>> {
  const precision = choosePrecision('auto', 'cpu');
  const [luma, chroma] = await Promise.all([
    readFloats(path.join(folder, LUMA)),
    readFloats(path.join(folder, CHROMA)),
  ]);
  const { model } = await loadModel(folder);
  const { fn, signature, variables } = generatorStep(model, size);
  const form = (passes: Partial<PassSwitches>): Form<number> => ({
    build: () => buildProgram({ step: { fn, signature } }, { variables, precision, passes }),
    run: ({ functions }) => {
      const inputs = [tf.tensor4d(luma, [1, size, size, 1]), tf.tensor4d(chroma, [1, size, size, 2])];
      const loss = functions['step']!(...inputs) as tf.Scalar;
      const [value] = loss.dataSync<'float32'>();
      tf.dispose([...inputs, loss]);
      return value!;
    },
  });
  return {
    on: form({}),
    off: form(without(off)),
    variables,
    precision,
    compared: COMPARED_STEPS,
    difference: (on, other) => checkSameTraining(`the step without ${off}`, other, on, BOUND),
  };
}
