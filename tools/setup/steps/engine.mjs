import { readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { exists, isWhole } from '../atomic.mjs';
import { SetupError } from '../failure.mjs';
import { ENGINE_MARKER, enginePackage, libtensorflowFolder } from '../paths.mjs';
import { run } from '../run.mjs';
import { TENSORFLOW_VERSION, TFJS_VERSION } from '../versions.mjs';
import { ADDON_IN_PACKAGE, linkLibtensorflow, provideAddon, provideCompiler } from './addon.mjs';
import { provideLibtensorflow, refuseUnsupported } from './libtensorflow.mjs';
import { provideGpuPackage } from './gpu-package.mjs';

const CURE = [
  'On Debian or Ubuntu: sudo apt-get install -y build-essential python3 python3-pip, then npm run setup.',
  'The computer must be Linux on x64 or arm64 with glibc.',
].join(' ');

/** Loads the addon as the product does, and says what it found. */
const PROBE = `
const tf = require(process.argv[1]);
const { binding, isUsingGpuDevice } = tf.backend();
console.log('kinemacolor-probe ' + JSON.stringify({ tensorflow: binding.TF_Version, gpu: isUsingGpuDevice,
  sum: tf.tidy(() => tf.sum(tf.ones([3, 3])).dataSync()[0]) }));
`;

/**
 * The engine as a ladder: today's libtensorflow with an addon built against it; else the package's own prebuilt
 * download; else an error that says what to install.
 *
 * @param {'cpu' | 'gpu'} device
 */
export function engine(device) {
  return {
    name: device === 'gpu' ? 'engine (GPU)' : 'engine',
    cure: CURE,

    async check({ root, cache }) {
      const marker = await readMarker(enginePackage(root, device));
      if (marker === undefined) return { ok: false, detail: 'not set up' };
      const detail = `TensorFlow ${marker.tensorflow} by tfjs-node ${marker.tfjs} (${marker.rung})`;
      if (marker.tfjs !== TFJS_VERSION) return { ok: false, detail };
      if (marker.rung === 'prebuilt') return { ok: true, detail };
      const whole =
        marker.tensorflow === TENSORFLOW_VERSION &&
        (await isWhole(libtensorflowFolder(cache, device, TENSORFLOW_VERSION))) &&
        (await exists(join(enginePackage(root, device), ADDON_IN_PACKAGE))) &&
        (await exists(join(enginePackage(root, device), 'deps', 'lib', 'libtensorflow_cc.so.2')));
      return { ok: whole, detail };
    },

    async provide(context) {
      const { root, say } = context;
      const folder = enginePackage(root, device);
      try {
        if (device === 'gpu') await provideGpuPackage(folder, context);
        await rm(join(folder, ENGINE_MARKER), { force: true });
        const found = await buildOnLibtensorflow(folder, device, context);
        await writeMarker(folder, { rung: `libtensorflow-${TENSORFLOW_VERSION}`, ...found });
      } catch (error) {
        const first = SetupError.from(error);
        if (first.code !== 'failed' || device === 'gpu') throw first;
        say(`libtensorflow ${TENSORFLOW_VERSION} could not be used: ${first.message}\n  → ${first.cure}`);
        say('trying tfjs-node’s own prebuilt download');
        await providePrebuilt(folder, first, context);
      }
    },
  };
}

async function buildOnLibtensorflow(folder, device, context) {
  refuseUnsupported(device);
  await provideCompiler(device, context);
  const library = await provideLibtensorflow(device, context);
  await linkLibtensorflow(folder, library);
  await provideAddon(folder, device, context);
  try {
    return await probe(folder, context);
  } catch (error) {
    if (!(error instanceof SetupError) || error.code !== 'failed') throw error;
    context.say('the kept addon does not load here');
    await provideAddon(folder, device, { ...context, afresh: true });
    return probe(folder, context);
  }
}

async function providePrebuilt(folder, first, context) {
  try {
    const bin = join(context.root, 'node_modules', '.bin');
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
    await rm(join(folder, 'deps'), { recursive: true, force: true });
    await rm(join(folder, 'lib'), { recursive: true, force: true });
    await run(process.execPath, [join(folder, 'scripts', 'install.js'), 'cpu', 'download'], {
      cwd: folder,
      env,
      signal: context.signal,
    });
    await writeMarker(folder, { rung: 'prebuilt', ...(await probe(folder, context)) });
  } catch (error) {
    const second = SetupError.from(error);
    if (second.code === 'interrupted') throw second;
    throw new SetupError(
      `No engine could be set up.\n  1. libtensorflow: ${shortReason(first)}\n     ${first.cure}\n  2. prebuilt: ${shortReason(second)}`,
      CURE,
      { cause: error },
    );
  }
}

/** The line that matters of a script that fails with a stack trace. */
function shortReason({ message }) {
  const lines = message.split('\n').map((line) => line.trim());
  return lines.find((line) => /^(?:gyp ERR! stack )?[A-Za-z]*Error: |^[^ ]+: error: /.test(line)) ?? lines[0];
}

/** @returns {Promise<{ tensorflow: string, device: 'cpu' | 'gpu' }>} */
async function probe(folder, { signal }) {
  const out = await run(process.execPath, ['-e', PROBE, folder], {
    signal,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    cure: CURE,
  });
  const line = out.split('\n').find((text) => text.startsWith('kinemacolor-probe '));
  const found = line === undefined ? undefined : JSON.parse(line.slice('kinemacolor-probe '.length));
  if (found?.sum !== 9) throw new SetupError(`The addon in ${folder} loads but does not compute.`, CURE);
  return { tensorflow: found.tensorflow, device: found.gpu ? 'gpu' : 'cpu' };
}

/**
 * @param {string} folder the engine's package
 * @returns {Promise<{ rung: string, tensorflow: string, device: string, tfjs: string } | undefined>}
 */
export async function readMarker(folder) {
  try {
    return JSON.parse(await readFile(join(folder, ENGINE_MARKER), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function writeMarker(folder, { rung, tensorflow, device }) {
  const marker = { rung, tensorflow, device, tfjs: TFJS_VERSION };
  await writeFile(join(folder, ENGINE_MARKER), `${JSON.stringify(marker, undefined, 2)}\n`);
}
