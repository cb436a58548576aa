import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the checkout that this file lies in. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Where downloads are kept, a folder per user, so that a fresh clone does not fetch them again.
 *
 * @param {NodeJS.ProcessEnv} [env]
 */
export function cacheFolder(env = process.env) {
  const base = env.XDG_CACHE_HOME;
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'kinemacolor');
}

/** @param {string} cache @param {'cpu' | 'gpu'} device @param {string} version of TensorFlow */
export function libtensorflowFolder(cache, device, version) {
  return join(cache, 'libtensorflow', `${version}-${device}`);
}

/** The npm package that holds the addon of a device. */
export function enginePackage(root, device) {
  return join(root, 'node_modules', '@tensorflow', device === 'gpu' ? 'tfjs-node-gpu' : 'tfjs-node');
}

/** The name of the file, in the engine's package, which says which engine was set up there. */
export const ENGINE_MARKER = 'kinemacolor-engine.json';
