import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { parseDevice, type Device, type DeviceChoice } from './device.js';
import { TensorError } from './tensor-error.js';

/** The engine in use: one per process (and per worker thread). */
export interface Engine {
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

/**
 * Loads the TensorFlow backend. This is the only place in the repository that chooses and loads one; a second call
 * returns the engine that is already there.
 * @param choice which device to use; default: `KINEMACOLOR_DEVICE`, else `auto`.
 * @throws TensorError `ENGINE_MISSING` when the addon or libtensorflow is not set up, `GPU_MISSING` when a GPU was asked
 *   for and the GPU build or a device is not there.
 */
export async function loadBackend(choice: DeviceChoice = parseDevice(undefined)): Promise<Engine> {
  if (loaded !== undefined) {
    if (choice !== 'auto' && choice !== loaded.device) {
      throw new TensorError('BAD_DEVICE', `The engine already runs on the ${loaded.device} in this process.`);
    }
    return loaded;
  }
  quietTensorFlow();
  const gpu = gpuPackagePath();
  if (choice === 'gpu' || (choice === 'auto' && gpu !== undefined && gpuVisible())) {
    if (gpu === undefined) {
      throw new TensorError('GPU_MISSING', 'The GPU engine is not set up. Run: KINEMACOLOR_DEVICE=gpu npm run setup');
    }
    if (!gpuVisible()) {
      throw new TensorError('GPU_MISSING', 'No NVIDIA GPU is visible to this process (/dev/nvidia* is missing).');
    }
    loaded = load(gpu, 'gpu');
  } else {
    loaded = load(CPU_PACKAGE, 'cpu');
  }
  await tf.ready();
  return loaded;
}

function load(packageName: string, device: Device): Engine {
  try {
    require(packageName);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new TensorError('ENGINE_MISSING', `The TensorFlow engine is not set up (${reason.trim()}). Run: npm run setup`, {
      cause: error,
    });
  }
  const binding = (tf.backend() as unknown as { binding: { TF_Version: string } }).binding;
  return Object.freeze({ device, rung: readRung(packageName), tensorflowVersion: binding.TF_Version });
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

/** The GPU build is beside the CPU one, or in the per-user cache where the set-up puts it. */
function gpuPackagePath(): string | undefined {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const cached = path.join(cache, 'kinemacolor', 'tfjs-node-gpu', 'node_modules', GPU_PACKAGE);
  for (const folder of [packageFolder(GPU_PACKAGE), cached]) {
    if (folder !== undefined && existsSync(path.join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'))) return folder;
  }
  return undefined;
}

function gpuVisible(): boolean {
  return existsSync('/dev') && readdirSync('/dev').some((name) => /^nvidia\d+$/.test(name));
}

function readRung(packageName: string): string {
  const folder = path.isAbsolute(packageName) ? packageName : packageFolder(packageName);
  const marker = folder === undefined ? undefined : path.join(folder, MARKER);
  if (marker === undefined || !existsSync(marker)) return 'unknown';
  const { rung } = JSON.parse(readFileSync(marker, 'utf8')) as { rung?: string };
  return rung ?? 'unknown';
}
