import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { fillFolder, isWhole } from '../atomic.mjs';
import { downloadNpmPackage, withScratch } from '../download.mjs';
import { TFJS_NODE_GPU, TFJS_VERSION } from '../versions.mjs';

/**
 * Puts `@tensorflow/tfjs-node-gpu` beside `@tensorflow/tfjs-node`.
 *
 * It is no dependency of ours: most people have no GPU, and its install script is of no use. It must lie in this
 * node_modules all the same, as a real folder, so that it finds the same `@tensorflow/tfjs` as everything else: with a
 * second copy of the core, its backend would be registered where nobody looks. Its other dependencies are those of
 * tfjs-node, which are there.
 *
 * @param {string} folder where it goes
 * @param {{ cache: string, say: (line: string) => void, signal?: AbortSignal | undefined }} context
 */
export async function provideGpuPackage(folder, context) {
  if ((await installedVersion(folder)) === TFJS_VERSION) return;
  const kept = join(context.cache, 'tfjs-node-gpu', TFJS_VERSION);
  if (!(await isWhole(kept))) {
    context.say(`downloading ${TFJS_NODE_GPU.spec}`);
    await withScratch(context.cache, async (scratch) => {
      const unpacked = await downloadNpmPackage(TFJS_NODE_GPU, scratch, context);
      await fillFolder(kept, (partial) => cp(unpacked, partial, { recursive: true }), { files: ['package.json'] });
    });
  }
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await cp(kept, partial, { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
}

async function installedVersion(folder) {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).version;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
