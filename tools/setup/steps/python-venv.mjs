import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { fillFolder, isWhole } from '../atomic.mjs';
import { SetupError } from '../failure.mjs';
import { interrupted, run } from '../run.mjs';
import { aptInstall, canApt, provideCommands } from '../system.mjs';
import { compareVersions, parseVersion } from '../versions.mjs';

/** A download that is slower than this is given up. */
const MOST_MINUTES = 15;
const REQUIREMENTS = 'requirements.txt';
const PIP_OPTIONS = [
  '--quiet',
  '--disable-pip-version-check',
  '--only-binary=:all:',
  '--retries',
  '2',
  '--timeout',
  '30',
];

/**
 * @typedef {{ name: string, what: string, size: string, cure: string, folder: string, requirements: readonly string[] | undefined,
 *             atLeast: readonly number[], below: readonly number[] }} Venv what: in messages; folder: in the cache, also the name of
 *   its downloads; requirements: the largest first, undefined where there are none for this machine; below: of Python
 */

/**
 * A step that makes a virtual environment for Python, which only tests need.
 *
 * @param {Venv} venv
 * @returns {import('../steps.mjs').Step}
 */
export function pythonVenv(venv) {
  const { name, size, cure, requirements } = venv;
  const text = requirements?.map((line) => `${line}\n`).join('');
  return {
    name,
    cure,
    optional: true,

    async check({ cache }) {
      const folder = join(cache, venv.folder);
      const ok = (await isWhole(folder)) && (await readFile(join(folder, REQUIREMENTS), 'utf8')) === text;
      return { ok, detail: folder };
    },

    async provide(context) {
      const { cache, say } = context;
      const python = await pythonWithVenv(venv, context);
      const folder = join(cache, venv.folder);
      say(`downloading ${requirements.join(', ')} (${size}), kept in ${folder}`);
      // A venv may be moved: its Python finds it by where it stands itself.
      const fill = (partial) => install(venv, { python, folder: partial, text }, context);
      await fillFolder(folder, fill, { files: [join('bin', 'python'), REQUIREMENTS] });
      await rm(downloads(cache, venv), { recursive: true, force: true });
    },
  };
}

const downloads = (cache, { folder }) => join(cache, `${folder}-downloads`);

async function install(venv, { python, folder, text }, { cache, signal }) {
  const limit = AbortSignal.timeout(MOST_MINUTES * 60_000);
  const bounded = { signal: AbortSignal.any([signal, limit]), cure: venv.cure };
  const own = join(folder, 'bin', 'python');
  const pip = (command, ...args) => run(own, ['-m', 'pip', command, ...PIP_OPTIONS, ...args], bounded);
  try {
    await run(python, ['-m', 'venv', folder], bounded);
    await writeFile(join(folder, REQUIREMENTS), text);
    // The largest wheel lies outside: a run that is cut off afterwards need not fetch it again.
    await pip('download', '--no-deps', '-d', downloads(cache, venv), venv.requirements[0]);
    await pip('install', '--no-cache-dir', '--find-links', downloads(cache, venv), '-r', join(folder, REQUIREMENTS));
  } catch (error) {
    if (signal.aborted) throw interrupted();
    if (limit.aborted) throw new SetupError(`It took more than ${MOST_MINUTES} minutes.`, venv.cure);
    throw error;
  }
}

/** @returns {Promise<string>} @throws {SetupError} when there is no fitting Python with venv */
async function pythonWithVenv({ what, cure, requirements, atLeast, below }, { say, signal }) {
  if (requirements === undefined) throw new SetupError(`There is no ${what} for ${process.arch}.`, cure);
  await provideCommands({ python3: ['python3', 'python3-venv'] }, { say });
  const version = await run('python3', ['--version'], { signal });
  const parsed = parseVersion(version) ?? [0];
  if (compareVersions(parsed, atLeast) < 0 || compareVersions(parsed, below) >= 0) {
    const range = `${atLeast.join('.')} or newer, below ${below.join('.')}`;
    throw new SetupError(`This ${what} needs Python ${range}; here is ${version.trim()}.`, cure);
  }
  if (await hasVenv(signal)) return 'python3';
  if (await canApt()) {
    say('installing python3-venv by apt');
    await aptInstall(['python3-venv']);
    if (await hasVenv(signal)) return 'python3';
  }
  throw new SetupError('python3 has no venv.', 'Install with: sudo apt-get install -y python3-venv');
}

async function hasVenv(signal) {
  try {
    await run('python3', ['-c', 'import ensurepip, venv'], { signal });
    return true;
  } catch (error) {
    if (error instanceof SetupError && error.code === 'failed') return false;
    throw error;
  }
}
