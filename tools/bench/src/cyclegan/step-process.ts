import { loadBackend } from '@kinemacolor/tensor';
import { threadShare } from '@kinemacolor/training';
import * as tf from '@tensorflow/tfjs';
import { answerLines } from '../answer-lines.js';
import { stepAnswers } from '../step/step-answers.js';
import { compiledForm } from './compiled-form.js';
import { readCyclePictures } from './cycle-pictures.js';
import { eagerForm } from './eager-form.js';
import type { Held } from './held.js';
import { readWeights } from './networks.js';

/*
 * Our side of the cyclegan bench; it answers the same requests as peers/torch_cyclegan_peer.py, and `held`, which tells what
 * the process holds now.
 *
 *     node step-process.js FOLDER WIDTH SIZE compiled|eager
 */

const [folder, width, size, formName] = process.argv.slice(2) as [string, string, string, 'compiled' | 'eager'];
const engine = await loadBackend('cpu', threadShare({ kind: 'cycle' }));
const makeForm = { compiled: compiledForm, eager: eagerForm }[formName];
const form = makeForm(Number(width), Number(size), await readWeights(folder), await readCyclePictures(folder));
const ready = { tensorflow: engine.tensorflowVersion, engine: engine.rung };

const KIB = 1024;
const held = (): Held => ({
  rss: process.memoryUsage.rss(),
  peak: process.resourceUsage().maxRSS * KIB,
  tensors: tf.memory().numTensors,
});

await answerLines({ ready, how: form.how }, { ...stepAnswers(form), held: () => ({ ...held() }) });
