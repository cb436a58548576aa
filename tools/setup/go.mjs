import { join } from 'node:path';

import { withScratch } from './download.mjs';
import { SetupError } from './failure.mjs';
import { interrupted, run } from './run.mjs';
import { findCommand } from './system.mjs';

/** A build that is slower than this is given up. */
const MOST_MINUTES = 15;

/**
 * @typedef {(args: readonly string[], more?: { cwd?: string, env?: NodeJS.ProcessEnv }) => Promise<string>} Go runs `go`
 *   and gives what it wrote
 */

/**
 * Gives `use` a Go that keeps what it fetches and compiles where it is removed afterwards: it is a gigabyte or more.
 *
 * @template T
 * @param {{ cache: string, cure: string, signal: AbortSignal }} context
 * @param {(go: Go) => Promise<T>} use
 * @returns {Promise<T>}
 * @throws {SetupError} when there is no Go, when one of its commands fails, or when it takes too long
 */
export async function withGo({ cache, cure, signal }, use) {
  const program = await findCommand('go');
  if (program === undefined) throw new SetupError('There is no go to build it with.', cure);
  const limit = AbortSignal.timeout(MOST_MINUTES * 60_000);
  return withScratch(cache, async (scratch) => {
    const env = {
      ...process.env,
      GOPATH: join(scratch, 'go'),
      GOCACHE: join(scratch, 'go-build'),
      // A Go that is too old says so, instead of fetching another one.
      GOTOOLCHAIN: 'local',
      // Else what it has fetched could not be removed.
      GOFLAGS: '-modcacherw',
      GOWORK: 'off',
      CGO_ENABLED: '0',
    };
    const bounded = { signal: AbortSignal.any([signal, limit]), cure };
    try {
      return await use((args, more = {}) =>
        run(program, args, { ...bounded, cwd: more.cwd, env: { ...env, ...more.env } }),
      );
    } catch (error) {
      if (signal.aborted) throw interrupted();
      if (limit.aborted) throw new SetupError(`It took more than ${MOST_MINUTES} minutes.`, cure);
      throw error;
    }
  });
}

/** Small, and the same wherever it is built. */
const FLAGS = ['-trimpath', '-ldflags'];
const STRIPPED = '-s -w';

/**
 * Builds programs of somebody else's module at a pinned version.
 *
 * @param {Go} go
 * @param {{ module: string, version: string, sum: string, programs: Readonly<Record<string, string>>, tags?: string,
 *           ldflags?: string }} pinned programs: name → package below the module; sum: of the module, as `go version -m`
 *   tells it. What it needs is in its own list of sums, which Go compares.
 * @param {{ into: string, cure: string }} where
 * @throws {SetupError} with code `integrity` when the sources are others
 */
export async function installModule(go, pinned, { into, cure }) {
  const { module, version, sum, programs, tags = '', ldflags = '' } = pinned;
  const packages = Object.values(programs).map((below) => `${join(module, below)}@v${version}`);
  await go(['install', '-tags', tags, ...FLAGS, `${STRIPPED} ${ldflags}`.trim(), ...packages], {
    env: { GOBIN: into },
  });
  for (const name of Object.keys(programs)) {
    const made = await go(['version', '-m', join(into, name)]);
    if (!made.includes(sum)) {
      throw new SetupError(`The sources of ${name} are not those that were pinned (${sum}).`, cure, {
        code: 'integrity',
      });
    }
  }
}

/**
 * Builds a program of a module that lies here; its `go.sum` pins what it needs.
 *
 * @param {Go} go
 * @param {{ folder: string, name: string, package: string }} source package: in the module, or one that it needs
 * @param {string} into
 */
export async function buildModule(go, { folder, name, package: wanted }, into) {
  const args = ['build', '-mod=readonly', ...FLAGS, STRIPPED, '-o', join(into, name), wanted];
  await go(args, { cwd: folder });
}
