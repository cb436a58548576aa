import path from 'node:path';
import { loadModel, type LoadedModel } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { answerLines } from '../answer-lines.js';
import { readFloats } from '../float-files.js';
import { ADAM, type Form, type Losses } from '../step/form.js';
import { stepAnswers } from '../step/step-answers.js';
import { compiledForm } from './compiled-form.js';
import { CHROMA, LUMA } from './training-pair.js';

/*
 * Our side of the training bench; it answers the same requests as peers/torch_training_peer.py.
 *
 *     node step-process.js MODEL_FOLDER SIZE compiled|eager
 */

const [folder, sizeWord, formName] = process.argv.slice(2) as [string, string, 'compiled' | 'eager'];
const size = Number(sizeWord);
const engine = await loadBackend('cpu');
const luma = await readFloats(path.join(folder, LUMA));
const chroma = await readFloats(path.join(folder, CHROMA));

function eager(): Form {
  let training: { readonly loaded: LoadedModel; readonly adam: tf.AdamOptimizer } | undefined;
  const restart = async (): Promise<void> => {
    training?.loaded.model.dispose();
    training?.adam.dispose();
    const { rate, beta1, beta2, epsilon } = ADAM;
    training = { loaded: await loadModel(folder), adam: tf.train.adam(rate, beta1, beta2, epsilon) };
  };
  const step = (): Losses =>
    tf.tidy(() => {
      const { loaded, adam } = training!;
      const { model } = loaded;
      const input = tf.tensor4d(luma, [1, size, size, 1]);
      const truth = tf.tensor4d(chroma, [1, size, size, 2]);
      const variables = model.trainableWeights.map((weight) => weight.read() as unknown as tf.Variable);
      const loss = (): tf.Scalar =>
        tf.mean(tf.abs(tf.sub(model.apply(input, { training: true }) as tf.Tensor4D, truth)));
      return { L1: adam.minimize(loss, true, variables)!.dataSync<'float32'>()[0]! };
    });
  return { how: 'eager fp32', restart, step };
}

const FORMS = { compiled: () => compiledForm(folder, size, luma, chroma), eager } as const;

const form = await FORMS[formName]();

const ready = { tensorflow: engine.tensorflowVersion, engine: engine.rung };
await answerLines({ ready, how: form.how }, stepAnswers(form));
