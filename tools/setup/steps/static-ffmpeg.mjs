import { chmod, copyFile, readdir, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { fillFolder, isWhole, placeLink } from '../atomic.mjs';
import { downloadNpmPackage, downloadWheel, withScratch } from '../download.mjs';
import { SetupError } from '../failure.mjs';
import { run } from '../run.mjs';
import { pythonWithPip } from '../system.mjs';
import { STATIC_FFMPEG, STATIC_FFPROBE } from '../versions.mjs';

/** @param {string} cache @returns {string} the folder of the static ffmpeg, which the tests use as a second version */
export function staticFfmpegFolder(cache) {
  return join(cache, 'imageio-ffmpeg', STATIC_FFMPEG.version);
}

/**
 * Provides a static ffmpeg in the cache; needs no root.
 *
 * @param {{ cache: string, say: (line: string) => void, signal?: AbortSignal | undefined }} context
 * @returns {Promise<string>} its path
 */
export async function provideStaticFfmpeg(context) {
  const { cache, say } = context;
  const folder = staticFfmpegFolder(cache);
  if (await isWhole(folder)) return join(folder, 'ffmpeg');
  const wheel = forThisMachine(STATIC_FFMPEG);
  const python = await pythonWithPip(context);
  say('downloading a static ffmpeg (30 MB)');
  await withScratch(cache, async (scratch) => {
    const path = await downloadWheel({ ...wheel, requirement: STATIC_FFMPEG.requirement }, scratch, {
      ...context,
      python,
    });
    await fillFolder(folder, (partial) => takeBinary(path, partial, { ...context, python }), { files: ['ffmpeg'] });
  });
  return join(folder, 'ffmpeg');
}

async function takeBinary(wheel, folder, { python, signal }) {
  await run(python, ['-m', 'zipfile', '-e', wheel, folder], { signal });
  const binaries = join(folder, 'imageio_ffmpeg', 'binaries');
  const name = (await readdir(binaries)).find((file) => file.startsWith('ffmpeg-linux-'));
  if (name === undefined) {
    throw new SetupError(`${STATIC_FFMPEG.requirement} holds no ffmpeg for Linux.`, 'Install ffmpeg yourself.');
  }
  await rename(join(binaries, name), join(folder, 'ffmpeg'));
  for (const other of await readdir(folder)) {
    if (other !== 'ffmpeg') await rm(join(folder, other), { recursive: true });
  }
  await chmod(join(folder, 'ffmpeg'), 0o755);
}

/**
 * Provides a static ffmpeg and ffprobe under the names that the product looks for, `<cache>/bin/`.
 *
 * @param {{ cache: string, say: (line: string) => void, signal?: AbortSignal | undefined }} context
 */
export async function provideStaticTools(context) {
  const { cache, say } = context;
  const bin = join(cache, 'bin');
  const pinned = forThisMachine(STATIC_FFPROBE);
  const ffmpeg = await provideStaticFfmpeg(context);
  const folder = join(cache, 'ffprobe', pinned.spec.slice(pinned.spec.lastIndexOf('@') + 1));
  if (!(await isWhole(folder))) {
    say('downloading a static ffprobe (30 MB)');
    await withScratch(cache, async (scratch) => {
      const unpacked = await downloadNpmPackage(pinned, scratch, context);
      const fill = async (partial) => {
        await copyFile(join(unpacked, 'ffprobe'), join(partial, 'ffprobe'));
        await chmod(join(partial, 'ffprobe'), 0o755);
      };
      await fillFolder(folder, fill, { files: ['ffprobe'] });
    });
  }
  await placeLink(relative(bin, ffmpeg), join(bin, 'ffmpeg'));
  await placeLink(relative(bin, join(folder, 'ffprobe')), join(bin, 'ffprobe'));
}

function forThisMachine(byArch) {
  const found = process.platform === 'linux' ? byArch[process.arch] : undefined;
  if (found === undefined) {
    throw new SetupError(
      `No static ffmpeg is pinned for ${process.platform} ${process.arch}.`,
      'Install ffmpeg with its ffprobe, or name them in KINEMACOLOR_FFMPEG and KINEMACOLOR_FFPROBE.',
    );
  }
  return found;
}
