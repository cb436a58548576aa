import { join, relative } from 'node:path';

import { exists, fillFolder, isWhole, placeLink } from '../atomic.mjs';
import { withScratch } from '../download.mjs';
import { SetupError } from '../failure.mjs';
import { interrupted, run } from '../run.mjs';
import { findCommand } from '../system.mjs';
import { compareVersions, GRPCURL, parseVersion } from '../versions.mjs';

/** A build that is slower than this is given up. */
const MOST_MINUTES = 15;

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
    const go = await findCommand('go');
    if (go === undefined) throw new SetupError('There is no go to build it with.', grpcurl.cure);
    const folder = folderIn(cache);
    if (!(await isWhole(folder))) {
      say(`building ${GRPCURL.module}@v${GRPCURL.version} with go (some minutes, once)`);
      await withScratch(cache, (scratch) =>
        fillFolder(folder, (partial) => build(go, { into: partial, scratch }, signal), { files: ['grpcurl'] }),
      );
    }
    await placeLink(relative(join(cache, 'bin'), join(folder, 'grpcurl')), join(cache, 'bin', 'grpcurl'));
  },
};

/** Go keeps what it fetches and compiles where it is removed afterwards: it is some 600 MB. */
async function build(go, { into, scratch }, signal) {
  const limit = AbortSignal.timeout(MOST_MINUTES * 60_000);
  const env = {
    ...process.env,
    GOBIN: into,
    GOPATH: join(scratch, 'go'),
    GOCACHE: join(scratch, 'go-build'),
    // A Go that is too old says so, instead of fetching another one.
    GOTOOLCHAIN: 'local',
    // Else what it has fetched could not be removed.
    GOFLAGS: '-modcacherw',
    CGO_ENABLED: '0',
  };
  const bounded = { env, signal: AbortSignal.any([signal, limit]), cure: grpcurl.cure };
  const flags = ['-trimpath', '-ldflags', `-s -w -X main.version=v${GRPCURL.version}`];
  try {
    await run(go, ['install', ...flags, `${GRPCURL.module}/cmd/grpcurl@v${GRPCURL.version}`], bounded);
    // What it needs is in its own list of sums, which Go has compared.
    const made = await run(go, ['version', '-m', join(into, 'grpcurl')], bounded);
    if (!made.includes(GRPCURL.sum)) {
      throw new SetupError(`The sources of grpcurl are not those that were pinned (${GRPCURL.sum}).`, grpcurl.cure, {
        code: 'integrity',
      });
    }
  } catch (error) {
    if (signal.aborted) throw interrupted();
    if (limit.aborted) throw new SetupError(`It took more than ${MOST_MINUTES} minutes.`, grpcurl.cure);
    throw error;
  }
}
