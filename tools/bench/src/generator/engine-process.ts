import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { buildGenerator, GENERATOR_PRESETS, inferenceForm, saveModel } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';
import * as tf from '@tensorflow/tfjs';

/*
 * Our side of the generator bench: makes a generator with random weights, saves it for the other side, and answers the
 * same requests as peers/onnx_peer.py.
 *
 *     node engine-process.js MODEL_FOLDER HEIGHT WIDTH CHANNELS
 */
interface Request {
  readonly do: 'output' | 'time';
  readonly input?: string;
  readonly output?: string;
  readonly frames?: number;
}

const [folder, ...sizes] = process.argv.slice(2) as [string, string, string, string];
const [height, width, channels] = sizes.map(Number) as [number, number, number];
const reply = (message: object): void => {
  process.stdout.write(JSON.stringify(message) + '\n');
};

const engine = await loadBackend('cpu');
const config = { ...GENERATOR_PRESETS.fast, width: channels };
const model = buildGenerator(config, 1);
await saveModel(model, folder, { name: `random-${channels}`, version: '1', config, renderSize: height });
const { forward } = inferenceForm(model, config);
model.dispose();

/** One frame, from floats in memory to floats in memory. */
function run(frame: Float32Array): Float32Array {
  const chroma = tf.tidy(() => forward(tf.tensor4d(frame, [1, height, width, 1])));
  const values = chroma.dataSync<'float32'>();
  chroma.dispose();
  return values;
}

const frame = Float32Array.from({ length: height * width }, (_, i) => Math.sin(i * 0.37) * Math.cos(i * 0.0021));

async function answer(request: Request): Promise<object> {
  if (request.do === 'output') {
    const bytes = await readFile(request.input ?? '');
    const output = run(new Float32Array(Uint8Array.from(bytes).buffer));
    await writeFile(request.output ?? '', new Uint8Array(output.buffer, output.byteOffset, output.byteLength));
    return {};
  }
  const ms = Array.from({ length: request.frames ?? 0 }, () => {
    const started = performance.now();
    run(frame);
    return performance.now() - started;
  });
  return { ms };
}

reply({ ready: { tensorflow: engine.tensorflowVersion, engine: engine.rung } });
for await (const line of createInterface({ input: process.stdin })) reply(await answer(JSON.parse(line) as Request));
