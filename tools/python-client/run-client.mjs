import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { cacheFolder, ROOT } from '../setup/paths.mjs';

const PYTHON = join(cacheFolder(), 'grpc-venv', 'bin', 'python');
const SCRIPT = join(import.meta.dirname, 'colorize_clip.py');
const run = promisify(execFile);

/** Whether the set-up could provide gRPC for Python. */
export const hasPython = existsSync(PYTHON);

/**
 * Makes the modules of proto/, as README.md says.
 *
 * @param {string} folder new
 * @returns {Promise<(way: 'stream' | 'job', film: string, out: string, where: { server: string, token?: string,
 *   more?: readonly string[] }) => Promise<{ job: Record<string, any>, stderr: string }>>} runs the script as a user would; fails as
 *   `execFile` does
 */
export async function pythonClient(folder) {
  await mkdir(folder);
  const protos = ['colorization', 'job', 'settings'].map((name) => join(ROOT, 'proto/kinemacolor/v1', `${name}.proto`));
  const outputs = [`--python_out=${folder}`, `--grpc_python_out=${folder}`];
  await run(PYTHON, ['-m', 'grpc_tools.protoc', '-I', join(ROOT, 'proto'), ...outputs, ...protos]);
  return async (way, film, out, { server, token = '', more = [] }) => {
    const env = { ...process.env, PYTHONPATH: folder, KINEMACOLOR_TOKEN: token };
    const { stdout, stderr } = await run(PYTHON, [SCRIPT, way, film, out, '--server', server, ...more], { env });
    return { job: JSON.parse(stdout), stderr };
  };
}
