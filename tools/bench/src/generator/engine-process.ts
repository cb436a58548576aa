import { inferenceForm, loadModel } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';
import { answerLines } from '../answer-lines.js';
import { readFloats, writeFloats } from '../float-files.js';
import { compiledForm } from './compiled-form.js';
import type { Form } from './form.js';

/*
 * Our side of the generator bench; it answers the same requests as peers/onnx_peer.py.
 *
 *     node engine-process.js MODEL_FOLDER HEIGHT WIDTH compiled|eager
 */

const [folder, ...words] = process.argv.slice(2) as [string, string, string, string];
const [height, width] = words.map(Number) as [number, number];
const formName = words[2] as 'compiled' | 'eager';

const engine = await loadBackend('cpu');

async function eager(): Promise<Form> {
  const { model, info } = await loadModel(folder);
  const { forward } = inferenceForm(model, info.config);
  model.dispose();
  const paint = (picture: Float32Array): Float32Array => {
    const chroma = tf.tidy(() => forward(tf.tensor4d(picture, [1, height, width, 1])));
    const values = chroma.dataSync<'float32'>();
    chroma.dispose();
    return values;
  };
  const paintAll = (pictures: readonly Float32Array[]): void => {
    for (const picture of pictures) paint(picture);
  };
  return { how: 'eager fp32', paint, paintAll };
}

const FORMS = { compiled: () => compiledForm(folder, height, width), eager } as const;

const form = await FORMS[formName]();
const frame = Float32Array.from({ length: height * width }, (_, i) => Math.sin(i * 0.37) * Math.cos(i * 0.0021));

await answerLines(
  { ready: { tensorflow: engine.tensorflowVersion, engine: engine.rung }, how: form.how },
  {
    output: async ({ input, output }) => {
      await writeFloats(String(output), await form.paint(await readFloats(String(input))));
      return {};
    },
    time: async ({ frames }) => {
      const pictures = Array.from({ length: Number(frames) }, () => frame);
      const started = performance.now();
      await form.paintAll(pictures);
      return { ms: (performance.now() - started) / pictures.length };
    },
  },
);
