import { SetupError } from '../failure.mjs';
import { enginePackage } from '../paths.mjs';
import { run } from '../run.mjs';
import { readMarker } from '../steps/engine.mjs';
import { findCommand } from '../system.mjs';

const CURE = 'Run `npm run setup`.';
const GPU_CURE = 'Run `KINEMACOLOR_DEVICE=gpu npm run setup` (about 3 GB; not tried on a GPU by this project yet).';

const LOAD = `
const tf = require(process.argv[1]);
const { binding, isUsingGpuDevice } = tf.backend();
console.log('kinemacolor-engine ' + JSON.stringify({ tensorflow: binding.TF_Version, gpu: isUsingGpuDevice }));
`;

/**
 * Loads the engine in a child process, as the product does.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv }} at
 * @returns {Promise<import('../inspect.mjs').Item[]>}
 */
export async function inspectEngine(at) {
  const items = [await inspectDevice('cpu', at)];
  const gpus = await graphicsCards(at);
  const gpuEngine = await readMarker(enginePackage(at.root, 'gpu'));
  if (gpuEngine !== undefined) items.push({ ...(await inspectDevice('gpu', at)), name: 'engine (GPU)' });
  else if (gpus.length > 0) {
    const detail = `${gpus.join(', ')}: there, not used`;
    items.push({ name: 'engine (GPU)', status: 'optional', detail, cure: GPU_CURE, facts: { gpus } });
  }
  return items;
}

async function inspectDevice(device, { root, env }) {
  const name = 'engine';
  const folder = enginePackage(root, device);
  const marker = await readMarker(folder);
  try {
    const out = await run(process.execPath, ['-e', LOAD, folder], { env: { ...env, TF_CPP_MIN_LOG_LEVEL: '2' } });
    const line = out.split('\n').find((text) => text.startsWith('kinemacolor-engine '));
    if (line === undefined) return { name, status: 'missing', detail: 'loads, and says nothing', cure: CURE };
    const { tensorflow, gpu } = JSON.parse(line.slice('kinemacolor-engine '.length));
    const devices = gpu ? ['cpu', 'gpu'] : ['cpu'];
    const rung = marker?.rung ?? 'set up by hand';
    const detail = `TensorFlow ${tensorflow} (${rung}), devices: ${devices.join(', ')}`;
    return { name, status: 'ok', detail, facts: { tensorflow, tfjs: marker?.tfjs, rung, devices } };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const because = error.message.split('\n').find((text) => /Error|cannot|not found/.test(text)) ?? error.message;
    const detail = marker === undefined ? 'not set up' : `does not load: ${because.trim()}`;
    return { name, status: 'missing', detail, cure: CURE };
  }
}

/** @returns {Promise<string[]>} names of NVIDIA cards, empty when there is no driver */
async function graphicsCards({ env }) {
  if ((await findCommand('nvidia-smi', env)) === undefined) return [];
  try {
    const out = await run('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], { env });
    return out.split('\n').filter((line) => line.trim() !== '');
  } catch (error) {
    if (error instanceof SetupError) return [];
    throw error;
  }
}
