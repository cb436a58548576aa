import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { fillFolder, isWhole } from '../atomic.mjs';
import { downloadWheel, extractWheel, requirementLine, wheelPlatform, withScratch } from '../download.mjs';
import { SetupError } from '../failure.mjs';
import { libtensorflowFolder } from '../paths.mjs';
import { run } from '../run.mjs';
import { libc, pythonWithPip } from '../system.mjs';
import { LIBTENSORFLOW_CPU, LIBTENSORFLOW_GPU, TENSORFLOW_VERSION } from '../versions.mjs';

const LIBRARIES = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'];
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/'].map(
  (folder) => `tensorflow/include/${folder}`,
);
const PROOF = { files: [...LIBRARIES, 'tensorflow/include/tensorflow/c/c_api.h'] };

/**
 * Provides libtensorflow with its C headers in the user's cache, from the wheel that Python users install.
 *
 * @param {'cpu' | 'gpu'} device
 * @param {{ cache: string, say: (line: string) => void, signal?: AbortSignal | undefined }} context
 * @returns {Promise<string>} the folder that holds `tensorflow/`
 * @throws {SetupError} when there is none for this machine, or it cannot be had
 */
export async function provideLibtensorflow(device, context) {
  const { cache, say } = context;
  const folder = libtensorflowFolder(cache, device, TENSORFLOW_VERSION);
  if (await isWhole(folder)) return folder;
  const python = await pythonWithPip(context);
  if (device === 'gpu') {
    say(`downloading libtensorflow ${TENSORFLOW_VERSION} with CUDA 12.5 and cuDNN 9 (about 3 GB), kept in ${folder}`);
    await fillFolder(folder, (partial) => installGpu(partial, { ...context, python }), PROOF);
  } else {
    say(`downloading libtensorflow ${TENSORFLOW_VERSION} (230 MB), kept in ${folder}`);
    await withScratch(cache, async (scratch) => {
      const wheel = await downloadWheel(LIBTENSORFLOW_CPU[process.arch], scratch, { ...context, python });
      say('unpacking libtensorflow');
      const take = (partial) => extractWheel(wheel, partial, [...LIBRARIES, ...HEADERS], { ...context, python });
      await fillFolder(folder, take, PROOF);
    });
  }
  return folder;
}

/** The wheels' own layout is kept: libtensorflow finds CUDA beside `tensorflow/`, in `nvidia/<part>/lib`. */
async function installGpu(folder, { python, signal }) {
  const requirements = join(folder, 'requirements.txt');
  const lines = Object.entries(LIBTENSORFLOW_GPU.requirements).map(([name, sha256]) => requirementLine(name, sha256));
  await writeFile(requirements, lines.join(''));
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-cache-dir', '--no-deps'];
  args.push('--require-hashes', ...wheelPlatform(LIBTENSORFLOW_GPU.platforms), '--target', folder, '-r', requirements);
  await run(python, args, { signal, cure: 'Check the network and the free space (8 GB), then run it again.' });
}

/** @param {'cpu' | 'gpu'} device @throws {SetupError} when there is no such library for this machine */
export function refuseUnsupported(device) {
  const here = `${process.platform} ${process.arch}`;
  if (process.platform !== 'linux' || LIBTENSORFLOW_CPU[process.arch] === undefined) {
    throw new SetupError(`There is no libtensorflow ${TENSORFLOW_VERSION} for ${here}.`, 'Use Linux on x64 or arm64.');
  }
  if (device === 'gpu' && process.arch !== 'x64') {
    throw new SetupError(`There is no GPU libtensorflow for ${here}.`, 'Use KINEMACOLOR_DEVICE=cpu here.');
  }
  if (libc() !== 'glibc') {
    throw new SetupError(
      'This system has musl (Alpine?), and libtensorflow needs glibc.',
      'Use Debian, Ubuntu or another glibc system; as a container for instance node:22-bookworm.',
    );
  }
}
