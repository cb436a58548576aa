import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { SetupError } from './failure.mjs';
import { run } from './run.mjs';

/**
 * @param {string} command
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string | undefined>} the path of the first executable of that name on PATH
 */
export async function findCommand(command, env = process.env) {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, command);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch (error) {
      if (!['ENOENT', 'EACCES', 'ENOTDIR', 'ELOOP'].includes(error.code)) throw error;
    }
  }
  return undefined;
}

/** glibc or musl; the engine's library is built for glibc. */
export function libc() {
  if (process.platform !== 'linux') return process.platform;
  const { glibcVersionRuntime } = process.report.getReport().header;
  return glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

/** @returns {Promise<boolean>} whether packages can be installed by apt-get without asking anybody */
export async function canApt() {
  return process.getuid?.() === 0 && (await findCommand('apt-get')) !== undefined;
}

/**
 * Installs Debian packages; as root only.
 *
 * It is not aborted half-way: an interrupted dpkg leaves a system that needs repair.
 *
 * @param {readonly string[]} packages
 */
export async function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const cure = `Install them by hand: apt-get update && apt-get install -y ${packages.join(' ')}`;
  await run('apt-get', ['update', '-q'], { env, cure });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env, cure });
}

/**
 * Provides commands by apt where that is possible.
 *
 * @param {Record<string, readonly string[]>} needed command → the Debian packages that bring it
 * @param {{ say: (line: string) => void }} context
 * @throws {SetupError} which names the packages, when it is not
 */
export async function provideCommands(needed, { say }) {
  const missing = [];
  for (const command of Object.keys(needed)) {
    if ((await findCommand(command)) === undefined) missing.push(command);
  }
  if (missing.length === 0) return;
  const packages = [...new Set(missing.flatMap((command) => needed[command] ?? []))];
  if (!(await canApt())) {
    throw new SetupError(
      `Missing: ${missing.join(', ')}.`,
      `Install with: sudo apt-get install -y ${packages.join(' ')}   (or what your system calls these packages)`,
    );
  }
  say(`installing ${packages.join(' ')} by apt`);
  await aptInstall(packages);
}

/**
 * @param {{ say: (line: string) => void, signal?: AbortSignal | undefined }} context
 * @returns {Promise<string>} a Python that has pip, provided by apt when it is missing
 */
export async function pythonWithPip({ say, signal }) {
  await provideCommands({ python3: ['python3', 'python3-pip'] }, { say });
  if (await hasPip(signal)) return 'python3';
  if (await canApt()) {
    say('installing python3-pip by apt');
    await aptInstall(['python3-pip']);
    if (await hasPip(signal)) return 'python3';
  }
  throw new SetupError('python3 has no pip.', 'Install with: sudo apt-get install -y python3-pip');
}

async function hasPip(signal) {
  try {
    await run('python3', ['-m', 'pip', '--version'], { signal });
    return true;
  } catch (error) {
    if (error instanceof SetupError && error.code === 'failed') return false;
    throw error;
  }
}
