import { createHash } from 'node:crypto';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { exists } from '../atomic.mjs';
import { run } from '../run.mjs';

const STAMP = join('node_modules', '.kinemacolor-build-sha256');
const GROUPS = ['apps', 'libs', 'tools'];

/**
 * Sums up the sources by name, size and time, so that an unchanged tree need not start the compiler.
 *
 * @param {string} root
 * @returns {Promise<{ sha: string, outputs: string[] }>} outputs: a file of each package that the build must have left
 */
export async function fingerprint(root) {
  const hash = createHash('sha256');
  const outputs = [];
  for (const file of ['tsconfig.json', 'tsconfig.base.json', 'package-lock.json']) await add(hash, join(root, file));
  for (const group of GROUPS) {
    for (const name of (await names(join(root, group))).sort()) {
      const folder = join(root, group, name);
      if (!(await exists(join(folder, 'tsconfig.json')))) continue;
      outputs.push(join(folder, 'dist'));
      await addTree(hash, folder);
    }
  }
  return { sha: hash.digest('hex'), outputs };
}

async function addTree(hash, folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'dist' && entry.name !== 'node_modules') await addTree(hash, path);
    } else if (/\.(ts|mts|json)$/.test(entry.name)) {
      await add(hash, path);
    }
  }
}

async function add(hash, path) {
  const { size, mtimeMs } = await stat(path);
  hash.update(`${path}\0${size}\0${mtimeMs}\n`);
}

async function names(folder) {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

export const build = {
  name: 'build',
  cure: 'Correct the errors above; `npm run build` shows them again.',

  async check({ root }) {
    const { sha, outputs } = await fingerprint(root);
    let stamp;
    try {
      stamp = await readFile(join(root, STAMP), 'utf8');
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
    if (stamp !== sha) return { ok: false, detail: 'sources have changed' };
    for (const output of outputs) {
      if (!(await exists(output))) return { ok: false, detail: `${output} is missing` };
    }
    return { ok: true, detail: `${outputs.length} packages, up to date` };
  },

  async provide({ root, say, signal }) {
    say('tsc --build');
    const { sha } = await fingerprint(root);
    await run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--build'], {
      cwd: root,
      signal,
      cure: build.cure,
    });
    await writeFile(join(root, STAMP), sha);
  },
};
