import { createHash } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { fillFolder, isWhole, placeLink } from '../atomic.mjs';
import { buildModule, withGo } from '../go.mjs';

/**
 * A step that builds programs by Go for tests, once for each state of what they are made from, and links them into the
 * `bin` of the cache. Nothing that runs needs them.
 *
 * @param {object} wanted
 * @param {string} wanted.name of the step
 * @param {string} wanted.cure what to do, and what skips without them
 * @param {string} wanted.what for the line that says what is being built
 * @param {readonly string[]} wanted.programs names of the files
 * @param {(context: { root: string }) => Promise<string>} wanted.key folder in the cache for these sources: `name/version`
 * @param {(go: import('../go.mjs').Go, into: string, context: { root: string }) => Promise<void>} wanted.build
 * @returns {import('../steps.mjs').Step}
 */
export function goPrograms({ name, cure, what, programs, key, build }) {
  const linksTo = (cache, folder) =>
    programs.map((program) => ({
      link: join(cache, 'bin', program),
      target: relative(join(cache, 'bin'), join(folder, program)),
    }));
  return {
    name,
    cure,
    optional: true,

    async check(context) {
      const { cache } = context;
      const folder = join(cache, await key(context));
      const links = linksTo(cache, folder);
      let ok = await isWhole(folder);
      for (const { link, target } of links) ok &&= (await targetOf(link)) === target;
      return { ok, detail: ok ? links.map(({ link }) => link).join(', ') : `${programs.join(', ')}: not built` };
    },

    async provide(context) {
      const { cache, say, signal } = context;
      const folder = join(cache, await key(context));
      if (!(await isWhole(folder))) {
        await withGo({ cache, cure, signal }, (go) => {
          say(`building ${what} with go (some minutes, once)`);
          return fillFolder(folder, (partial) => build(go, partial, context), { files: programs });
        });
      }
      for (const { link, target } of linksTo(cache, folder)) await placeLink(target, link);
    },
  };
}

/**
 * `key` and `build` of a program whose Go module lies in this repository: it is built again whenever that changes.
 *
 * @param {{ folder: string, program: string, package: string }} source folder: in `tools`; package: in the module, or one
 *   that it needs
 */
export function sourcesHere({ folder, program, package: wanted }) {
  const sources = (root) => join(root, 'tools', folder);
  return {
    key: async ({ root }) => join(folder, await hashOf(sources(root))),
    build: (go, into, { root }) => buildModule(go, { folder: sources(root), name: program, package: wanted }, into),
  };
}

/** @returns {Promise<string>} of a module's files */
async function hashOf(folder) {
  const hash = createHash('sha256');
  const names = (await readdir(folder)).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name));
  for (const name of names.sort()) hash.update(`${name}\n`).update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}

/** @returns {Promise<string | undefined>} what a link says, whether that is there or not */
async function targetOf(link) {
  try {
    return await readlink(link);
  } catch (error) {
    if (['ENOENT', 'EINVAL', 'ENOTDIR'].includes(error.code)) return undefined;
    throw error;
  }
}
