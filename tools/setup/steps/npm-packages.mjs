import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from '../run.mjs';

const STAMP = join('node_modules', '.kinemacolor-lock-sha256');

async function readOptional(path) {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Whether the packages that npm says it installed are those of the lockfile.
 *
 * @param {{ packages: Record<string, { version?: string, integrity?: string, optional?: boolean,
 *           extraneous?: boolean }> }} lock
 * @param {{ packages: Record<string, { version?: string, integrity?: string }> }} installed npm's own record, which it
 *   writes into node_modules at the end of an install
 * @returns {boolean}
 */
export function isInstalled(lock, installed) {
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === '') return true;
    const there = installed.packages[path];
    // Optional packages of other platforms stay away, and so do entries that nothing asks for any more.
    if (there === undefined) return wanted.optional === true || wanted.extraneous === true;
    return there.version === wanted.version && there.integrity === wanted.integrity;
  });
}

export const npmPackages = {
  name: 'npm packages',
  cure: 'Run `npm ci` in the top folder and read what it says.',

  async check({ root }) {
    const { ok, detail, sha } = await this.look({ root });
    // The next look is a comparison of two hashes.
    if (ok) await writeFile(join(root, STAMP), sha);
    return { ok, detail };
  },

  /** As `check`, writing nothing. */
  async look({ root }) {
    const lock = await readFile(join(root, 'package-lock.json'), 'utf8');
    const sha = createHash('sha256').update(lock).digest('hex');
    const record = await readOptional(join(root, 'node_modules', '.package-lock.json'));
    if (record === undefined) return { ok: false, detail: 'not installed', sha };
    const same = (await readOptional(join(root, STAMP))) === sha || isInstalled(JSON.parse(lock), JSON.parse(record));
    return { ok: same, detail: same ? 'as in package-lock.json' : 'package-lock.json has changed', sha };
  },

  async provide({ root, say, signal }) {
    say('npm ci');
    await rm(join(root, STAMP), { force: true });
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      signal,
      cure: 'Check the network and npm’s registry setting; then run it again.',
    });
  },
};
