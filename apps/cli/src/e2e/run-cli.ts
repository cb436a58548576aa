import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGenerator, saveModel } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';
import type { Summary } from '../summary.js';

export const BIN = fileURLToPath(new URL('../../bin/kinemacolor.js', import.meta.url));

export interface CliRun {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** What `--json` printed. */
  summary(): Summary;
}

/** The built command as a user runs it: a process of its own, with whose children a terminal's Ctrl-C would meet it (`-pid`). */
export function startCli(
  args: readonly string[],
  stdin?: Buffer,
  env: NodeJS.ProcessEnv = process.env,
): { child: ChildProcess; ended: Promise<CliRun> } {
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    // No calibrations: the user's cache is not for test models.
    env: { ...env, KINEMACOLOR_WORKERS: '1' },
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  // The command may well end before it has read all that it is given.
  child.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') throw error;
  });
  child.stdin.end(stdin);
  const ended = new Promise<CliRun>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const stdout = Buffer.concat(out);
      const stderr = Buffer.concat(err).toString();
      resolve({ code, stdout, stderr, summary: () => JSON.parse(stdout.toString()) as Summary });
    });
  });
  return { child, ended };
}

export const runCli = (args: readonly string[], stdin?: Buffer): Promise<CliRun> => startCli(args, stdin).ended;

/** A tiny generator with random weights: it paints nonsense, the same nonsense every time, and quickly. */
export async function tinyModel(folder: string): Promise<string> {
  await loadBackend('cpu');
  const config = { width: 2, residualBlocks: 1, inputChannels: 1, outputChannels: 2 };
  const model = buildGenerator(config, 1);
  const target = path.join(folder, 'tiny-model');
  await saveModel(model, target, { name: 'tiny', version: 'test', config, renderSize: 64 });
  model.dispose();
  return target;
}
