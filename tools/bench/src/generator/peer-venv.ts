import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError } from '../bench-error.js';
import { cacheFolder, PEERS } from '../paths.js';
import { runCommand } from '../run-command.js';

const REQUIREMENTS = path.join(PEERS, 'requirements.txt');
const STAMP = 'requirements.sha256';
const CURE =
  'Install Python 3.11 or later with its venv module (Debian and Ubuntu: the packages "python3" and "python3-venv").';

/**
 * The Python that has ONNX Runtime: a virtual environment of its own in the per-user cache, made on first use and again
 * when the pinned versions change.
 * @returns the path of its interpreter
 * @throws BenchError `PEER_MISSING`
 */
export async function peerPython(say: (line: string) => void): Promise<string> {
  const folder = path.join(cacheFolder(), 'bench-venv');
  const python = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const stamp = path.join(folder, STAMP);
  const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  if (existsSync(python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;

  say(`Setting up ONNX Runtime in ${folder} (once, about 40 MB).`);
  try {
    await mkdir(path.dirname(folder), { recursive: true });
    await runCommand('python3 -m venv', 'python3', ['-m', 'venv', '--clear', folder]);
    await runCommand('pip install', python, ['-m', 'pip', 'install', '--quiet', '-r', REQUIREMENTS]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BenchError('PEER_MISSING', `ONNX Runtime could not be set up: ${reason}\n${CURE}`, { cause: error });
  }
  // Written last: a set-up that was cut off is done again.
  await writeFile(stamp, wanted);
  return python;
}
