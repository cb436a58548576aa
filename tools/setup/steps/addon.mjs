import { access, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { exists, placeFile, placeLink } from '../atomic.mjs';
import { run } from '../run.mjs';
import { libc, provideCommands } from '../system.mjs';
import { NAPI_VERSION, TENSORFLOW_VERSION, TFJS_VERSION } from '../versions.mjs';

/** Where tfjs-node looks for its addon, in its package. */
export const ADDON_IN_PACKAGE = join('lib', `napi-v${NAPI_VERSION}`, 'tfjs_binding.node');

/** @param {string} cache @param {'cpu' | 'gpu'} device @returns {string} the built addon, kept for the next clone */
export function cachedAddon(cache, device) {
  const key = `${TFJS_VERSION}-tensorflow-${TENSORFLOW_VERSION}-${device}-napi${NAPI_VERSION}-${process.arch}-${libc()}`;
  return join(cache, 'addon', key, 'tfjs_binding.node');
}

/**
 * Lays libtensorflow where tfjs-node's build and its addon (by rpath) look for it.
 *
 * @param {string} enginePackage the folder of tfjs-node
 * @param {string} libtensorflow the folder that holds `tensorflow/`
 */
export async function linkLibtensorflow(enginePackage, libtensorflow) {
  const from = join(libtensorflow, 'tensorflow');
  const deps = join(enginePackage, 'deps');
  const library = (name) => join(deps, 'lib', name);
  await placeLink(join(from, 'include'), join(deps, 'include'));
  await placeLink(join(from, 'libtensorflow_cc.so.2'), library('libtensorflow_cc.so.2'));
  await placeLink(join(from, 'libtensorflow_framework.so.2'), library('libtensorflow_framework.so.2'));
  await placeLink(join(from, 'libtensorflow_cc.so.2'), library('libtensorflow.so'));
  await placeLink(join(from, 'libtensorflow_framework.so.2'), library('libtensorflow_framework.so'));
}

const COMPILER = {
  gcc: ['build-essential'],
  'g++': ['build-essential'],
  make: ['build-essential'],
  python3: ['python3', 'python3-pip'],
};

/** What the build will need, before the large download rather than after it. */
export async function provideCompiler(device, context) {
  if (!(await exists(cachedAddon(context.cache, device)))) await provideCommands(COMPILER, context);
}

/**
 * Builds the addon, or takes the one that was built for an earlier clone, and puts it into the package.
 *
 * @param {string} enginePackage
 * @param {'cpu' | 'gpu'} device
 * @param {{ root: string, cache: string, say: (line: string) => void, signal?: AbortSignal | undefined,
 *           afresh?: boolean }} context `afresh`: build it even when one is kept
 */
export async function provideAddon(enginePackage, device, context) {
  const kept = cachedAddon(context.cache, device);
  if (context.afresh === true || !(await exists(kept))) {
    await provideCommands(COMPILER, context);
    context.say('building the TensorFlow addon (some 10 to 30 s)');
    await placeFile(await build(enginePackage, context), kept);
    await rm(join(enginePackage, 'build'), { recursive: true, force: true });
  }
  await placeFile(kept, join(enginePackage, ADDON_IN_PACKAGE));
}

async function build(enginePackage, { root, signal }) {
  const built = join(enginePackage, 'build', 'kinemacolor');
  await rm(join(enginePackage, 'build'), { recursive: true, force: true });
  await mkdir(built, { recursive: true });
  const args = [join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js'), 'rebuild'];
  const headers = await nodePrefixWithHeaders();
  // Without headers beside the running Node, node-gyp fetches those of its version.
  if (headers !== undefined) args.push(`--nodedir=${headers}`);
  args.push(
    '--loglevel=error',
    '--module_name=tfjs_binding',
    `--module_path=${built}`,
    `--napi_build_version=${NAPI_VERSION}`,
  );
  await run(process.execPath, args, {
    cwd: enginePackage,
    signal,
    cure:
      headers === undefined
        ? `There are no headers beside ${process.execPath}, and fetching them may have failed: use a Node.js that brings include/node (the official builds and nvm do).`
        : 'The compiler needs C++17 (gcc 8 or newer): sudo apt-get install -y build-essential python3',
  });
  return join(built, 'tfjs_binding.node');
}

async function nodePrefixWithHeaders() {
  const prefix = dirname(dirname(process.execPath));
  try {
    await access(join(prefix, 'include', 'node', 'node_api.h'));
    await access(join(prefix, 'include', 'node', 'common.gypi'));
    return prefix;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
