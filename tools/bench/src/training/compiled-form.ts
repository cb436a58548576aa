import { compile } from '@kinemacolor/compile';
import { choosePrecision, loadModel } from '@kinemacolor/models';
import * as tf from '@tensorflow/tfjs';
import type { Form } from '../step/form.js';
import { generatorStep } from './generator-step.js';

/** The whole step as one graph: forward, gradients, Adam. */
export async function compiledForm(
  folder: string,
  size: number,
  luma: Float32Array,
  chroma: Float32Array,
): Promise<Form> {
  const precision = choosePrecision('auto', 'cpu');
  const { model } = await loadModel(folder);
  const { fn, signature, weights, optimiser, variables } = generatorStep(model, size);
  const step = await compile(fn, signature, { variables, precision });
  return {
    how: `compiled ${precision}`,
    restart: async () => {
      const { model: saved } = await loadModel(folder);
      const values = saved.trainableWeights.map((weight) => weight.read());
      for (const [i, weight] of weights.entries()) weight.assign(values[i]!);
      for (const variable of optimiser.variables) variable.assign(tf.zerosLike(variable));
      saved.dispose();
      step.writeVariables();
    },
    step: () => {
      const loss = tf.tidy(() => step(tf.tensor4d(luma, [1, size, size, 1]), tf.tensor4d(chroma, [1, size, size, 2])));
      const [value] = loss.dataSync<'float32'>();
      loss.dispose();
      return { L1: value! };
    },
  };
}
