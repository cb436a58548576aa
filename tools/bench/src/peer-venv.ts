import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '@kinemacolor/config';
import { BenchError } from './bench-error.js';
import { PEERS } from './paths.js';
import { runCommand } from './run-command.js';

/** What others' engines need: a virtual environment each, as they want different versions of the same packages. */
const VENVS = {
  onnx: { title: 'ONNX Runtime', folder: 'bench-venv', size: '210 MB' },
  torch: {
    title: 'PyTorch',
    folder: 'bench-torch-venv',
    size: '5.4 GB, most of it CUDA libraries that its packages bring along',
  },
} as const;
export type Peer = keyof typeof VENVS;

const STAMP = 'requirements.sha256';
const CURE =
  'Install Python 3.11 or later with its venv module (Debian and Ubuntu: the packages "python3" and "python3-venv").';

/** Where the peer's Python is, or will be. */
export const peerInterpreter = (peer: Peer): string =>
  path.join(cacheFolder(), VENVS[peer].folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/**
 * The Python that has the peer: a virtual environment of its own in the per-user cache, made on first use and again when
 * the pinned versions change.
 * @returns the path of its interpreter
 * @throws BenchError `PEER_MISSING`
 */
export async function peerPython(peer: Peer, say: (line: string) => void): Promise<string> {
  const { title, size } = VENVS[peer];
  const requirements = path.join(PEERS, `requirements-${peer}.txt`);
  const folder = path.join(cacheFolder(), VENVS[peer].folder);
  const python = peerInterpreter(peer);
  const stamp = path.join(folder, STAMP);
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;

  say(`Setting up ${title} in ${folder} (once, about ${size}).`);
  try {
    await mkdir(path.dirname(folder), { recursive: true });
    await runCommand('python3 -m venv', 'python3', ['-m', 'venv', '--clear', folder]);
    await runCommand('pip install', python, ['-m', 'pip', 'install', '--quiet', '-r', requirements]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BenchError('PEER_MISSING', `${title} could not be set up: ${reason}\n${CURE}`, { cause: error });
  }
  // Written last: a set-up that was cut off is done again.
  await writeFile(stamp, wanted);
  return python;
}
