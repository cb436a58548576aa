import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { fillFolder, isWhole } from '../atomic.mjs';
import { SetupError } from '../failure.mjs';
import { interrupted, run } from '../run.mjs';
import { aptInstall, canApt, provideCommands } from '../system.mjs';
import { compareVersions, parseVersion, TENSORFLOW_FOR_PYTHON } from '../versions.mjs';

/** A download of 300 MB that is slower than this is given up. */
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

/** @param {string} cache @returns {string} the virtual environment whose `bin/python` has TensorFlow */
export function tensorflowVenvFolder(cache) {
  return join(cache, 'tensorflow-venv');
}

/** Python's own TensorFlow, which tests load exported models with. Nothing that runs needs it. */
export const tensorflowVenv = {
  name: 'TensorFlow for Python (for tests)',
  cure: 'The test that loads an exported model with Python skips without it; npm test tries again each time.',
  optional: true,

  async check({ cache }) {
    const folder = tensorflowVenvFolder(cache);
    const ok = (await isWhole(folder)) && (await readFile(join(folder, REQUIREMENTS), 'utf8')) === requirements();
    return { ok, detail: folder };
  },

  async provide(context) {
    const { cache, say } = context;
    const python = await pythonWithVenv(context);
    const folder = tensorflowVenvFolder(cache);
    say(`downloading ${requirement()} (300 MB), kept in ${folder}`);
    // A venv may be moved: its Python finds it by where it stands itself.
    const fill = (partial) => install(python, partial, context);
    await fillFolder(folder, fill, { files: [join('bin', 'python'), REQUIREMENTS] });
    await rm(downloads(cache), { recursive: true, force: true });
  },
};

const requirement = () => TENSORFLOW_FOR_PYTHON.requirements[process.arch];
const requirements = () => `${requirement()}\n`;
const downloads = (cache) => join(cache, 'tensorflow-venv-downloads');

async function install(python, folder, { cache, signal }) {
  const limit = AbortSignal.timeout(MOST_MINUTES * 60_000);
  const bounded = { signal: AbortSignal.any([signal, limit]), cure: tensorflowVenv.cure };
  const own = join(folder, 'bin', 'python');
  const pip = (command, ...args) => run(own, ['-m', 'pip', command, ...PIP_OPTIONS, ...args], bounded);
  try {
    await run(python, ['-m', 'venv', folder], bounded);
    await writeFile(join(folder, REQUIREMENTS), requirements());
    // The wheel of TensorFlow, which is most of it, lies outside: a run that is cut off afterwards need not fetch it again.
    await pip('download', '--no-deps', '-d', downloads(cache), requirement());
    await pip('install', '--no-cache-dir', '--find-links', downloads(cache), '-r', join(folder, REQUIREMENTS));
  } catch (error) {
    if (signal.aborted) throw interrupted();
    if (limit.aborted) throw new SetupError(`It took more than ${MOST_MINUTES} minutes.`, tensorflowVenv.cure);
    throw error;
  }
}

/** @returns {Promise<string>} @throws {SetupError} when there is no fitting Python with venv */
async function pythonWithVenv({ say, signal }) {
  const { atLeast, below } = TENSORFLOW_FOR_PYTHON;
  if (requirement() === undefined) {
    throw new SetupError(`There is no TensorFlow for ${process.arch}.`, tensorflowVenv.cure);
  }
  await provideCommands({ python3: ['python3', 'python3-venv'] }, { say });
  const version = await run('python3', ['--version'], { signal });
  const parsed = parseVersion(version) ?? [0];
  if (compareVersions(parsed, atLeast) < 0 || compareVersions(parsed, below) >= 0) {
    const range = `${atLeast.join('.')} or newer, below ${below.join('.')}`;
    throw new SetupError(`This TensorFlow needs Python ${range}; here is ${version.trim()}.`, tensorflowVenv.cure);
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
