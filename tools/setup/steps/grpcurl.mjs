import { join, relative } from 'node:path';

import { exists, fillFolder, isWhole, placeLink } from '../atomic.mjs';
import { installModule, withGo } from '../go.mjs';
import { run } from '../run.mjs';
import { findCommand } from '../system.mjs';
import { compareVersions, GRPCURL, parseVersion } from '../versions.mjs';

/**
 * The grpcurl that the test runs: the one that the set-up keeps, else one on PATH that is new enough. One that Go has built
 * by itself does not say its version, and will do.
 *
 * @param {string} cache
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string | undefined>}
 */
export async function locateGrpcurl(cache, env = process.env) {
  const kept = join(cache, 'bin', 'grpcurl');
  if ((await isWhole(folderIn(cache))) && (await exists(kept))) return kept;
  const onPath = await findCommand('grpcurl', env);
  if (onPath === undefined) return undefined;
  let words = '';
  await run(onPath, ['-version'], { env, onLine: (line) => (words += line) });
  const version = parseVersion(words);
  return version === undefined || compareVersions(version, parseVersion(GRPCURL.version)) >= 0 ? onPath : undefined;
}

const folderIn = (cache) => join(cache, 'grpcurl', GRPCURL.version);

/** What a test talks to the gateway with, as people would by hand. Nothing that runs needs it. */
export const grpcurl = {
  name: 'grpcurl (for tests)',
  cure: 'The test of the gateway with grpcurl skips without it; install Go, or grpcurl itself, to have it run.',
  optional: true,

  async check({ cache }) {
    const path = await locateGrpcurl(cache);
    return { ok: path !== undefined, detail: path ?? 'grpcurl is missing' };
  },

  async provide({ cache, say, signal }) {
    const { cure } = grpcurl;
    const folder = folderIn(cache);
    if (!(await isWhole(folder))) {
      await withGo({ cache, cure, signal }, (go) => {
        say(`building ${GRPCURL.module}@v${GRPCURL.version} with go (some minutes, once)`);
        const build = (into) => installModule(go, GRPCURL, { into, cure });
        return fillFolder(folder, build, { files: ['grpcurl'] });
      });
    }
    await placeLink(relative(join(cache, 'bin'), join(folder, 'grpcurl')), join(cache, 'bin', 'grpcurl'));
  },
};
