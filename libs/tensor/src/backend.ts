import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { hearFirstWords } from './first-words.js';
import { parseDevice, type Device, type DeviceChoice } from './device.js';
import { TensorError } from './tensor-error.js';
import { shareThreads, type ThreadShare } from './thread-share.js';

/** The engine in use: one per process (and per worker thread). */
export interface Engine {
  /** What TensorFlow really runs on, which is the CPU when `auto` found the GPU build but no GPU that works. */
  readonly device: Device;
  /** How libtensorflow was provided: the rung of the set-up's ladder (`tools/setup/README.md`). */
  readonly rung: string;
  readonly tensorflowVersion: string;
}

const require = createRequire(import.meta.url);
const CPU_PACKAGE = '@tensorflow/tfjs-node';
const GPU_PACKAGE = '@tensorflow/tfjs-node-gpu';
const MARKER = 'kinemacolor-engine.json';

let loaded: Engine | undefined;
let nativePackage: NativePackage | undefined;

/** The part of tfjs-node that is not plain tfjs. */
interface NativePackage {
  readonly node: { loadSavedModel(folder: string, tags: string[], signature: string): Promise<unknown> };
}

/** @internal @throws TensorError `ENGINE_MISSING` before {@link loadBackend} */
export function loadedPackage(): NativePackage {
  if (nativePackage !== undefined) return nativePackage;
  throw new TensorError('ENGINE_MISSING', 'The TensorFlow engine is not loaded yet: await loadBackend() first.');
}

/**
 * Loads the TensorFlow backend. This is the only place in the repository that chooses and loads one; a second call
 * returns the engine that is already there.
 *
 * In a worker thread TensorFlow reads the environment of the process, not the thread's copy: start the worker with
 * `env: SHARE_ENV`, or the settings made here (quiet start, no more GPU memory than needed) do not reach it.
 * @param choice which device to use; default: `KINEMACOLOR_DEVICE`, else `auto`.
 * @param threads how to share the work between threads; counts for the call that loads the engine, not for later ones
 * @throws TensorError `ENGINE_MISSING` when the addon or libtensorflow is not set up, `GPU_MISSING` when a GPU was asked
 *   for and the GPU build or a device is not there, `BAD_DEVICE` when the engine already runs on the other device.
 */
export async function loadBackend(
  choice: DeviceChoice = parseDevice(undefined),
  threads?: ThreadShare,
): Promise<Engine> {
  if (loaded === undefined && threads !== undefined) shareThreads(threads);
  loaded ??= start(choice);
  if (choice !== 'auto' && choice !== loaded.device) {
    throw new TensorError(
      'BAD_DEVICE',
      `The engine already runs on the ${loaded.device} in this process; for the ${choice}, start another one.`,
    );
  }
  await tf.ready();
  await hearFirstWords(async (folder, signature) => {
    const one = (await loadedPackage().node.loadSavedModel(folder, ['serve'], signature)) as { dispose(): void };
    one.dispose();
  });
  return loaded;
}

function start(choice: DeviceChoice): Engine {
  quietTensorFlow();
  if (choice === 'cpu' || (choice === 'auto' && !(gpuPackagePresent() && gpuVisible()))) return load(CPU_PACKAGE);
  if (!gpuPackagePresent()) {
    throw new TensorError('GPU_MISSING', 'The GPU engine is not set up. Run: KINEMACOLOR_DEVICE=gpu npm run setup');
  }
  if (!gpuVisible()) {
    throw new TensorError(
      'GPU_MISSING',
      'No NVIDIA GPU is visible to this process (there is no /dev/nvidia0 or the like). Use --device cpu.',
    );
  }
  const engine = load(GPU_PACKAGE);
  if (choice === 'gpu' && engine.device !== 'gpu') {
    throw new TensorError(
      'GPU_MISSING',
      'TensorFlow cannot use the GPU: the driver or a CUDA library is missing, or CUDA_VISIBLE_DEVICES hides it. ' +
        'TF_CPP_MIN_LOG_LEVEL=0 shows what it says; --device cpu does without.',
    );
  }
  return engine;
}

function load(packageName: string): Engine {
  try {
    nativePackage = require(packageName) as NativePackage;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const cure = packageName === GPU_PACKAGE ? 'KINEMACOLOR_DEVICE=gpu npm run setup' : 'npm run setup';
    throw new TensorError('ENGINE_MISSING', `The TensorFlow engine is not set up (${reason.trim()}). Run: ${cure}`, {
      cause: error,
    });
  }
  const backend = tf.backend() as unknown as { binding: { TF_Version: string }; isUsingGpuDevice: boolean };
  return Object.freeze({
    device: backend.isUsingGpuDevice ? 'gpu' : 'cpu',
    rung: readRung(packageName),
    tensorflowVersion: backend.binding.TF_Version,
  });
}

/** TensorFlow's own start-up lines go to stderr and would tear the progress bar; a user may ask for them back. */
function quietTensorFlow(): void {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // Without this one process takes the whole card.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
}

function packageFolder(packageName: string): string | undefined {
  try {
    return path.dirname(require.resolve(`${packageName}/package.json`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** The set-up puts the GPU build beside the CPU one, so that both find the same `@tensorflow/tfjs`. */
function gpuPackagePresent(): boolean {
  const folder = packageFolder(GPU_PACKAGE);
  return folder !== undefined && existsSync(path.join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'));
}

function gpuVisible(): boolean {
  return existsSync('/dev') && readdirSync('/dev').some((name) => /^nvidia\d+$/.test(name));
}

/** Only for reports: an engine that the set-up did not make has no marker, and a damaged one says as little. */
function readRung(packageName: string): string {
  const folder = packageFolder(packageName);
  const marker = folder === undefined ? undefined : path.join(folder, MARKER);
  if (marker === undefined || !existsSync(marker)) return 'unknown';
  return /"rung":\s*"([^"]+)"/.exec(readFileSync(marker, 'utf8'))?.[1] ?? 'unknown';
}
