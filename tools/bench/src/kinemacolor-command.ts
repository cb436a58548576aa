import { existsSync } from 'node:fs';
import path from 'node:path';
import { BenchError } from './bench-error.js';
import { ROOT } from './paths.js';
import { runCommand } from './run-command.js';

const COMMAND = path.join(ROOT, 'apps/cli/bin/kinemacolor.js');

/** What the command tells of itself with `--json`, as far as the bench reads it. */
export interface CommandSummary {
  readonly seconds: number;
  /** Live tensors in the colouring thread at the end. */
  readonly tensors: number;
  readonly device: { readonly tensorflow: string };
  readonly results: readonly {
    readonly frames: number;
    /** Of wall time, from the first look at the film to its name; the start of the command is not in it. */
    readonly seconds: number;
    readonly stages?: Readonly<Record<string, { readonly seconds: number; readonly cpuSeconds: number }>>;
  }[];
}

export interface CommandRun {
  readonly summary: CommandSummary;
  /** From start to exit, everything included. */
  readonly wallSeconds: number;
}

/**
 * Runs `kinemacolor colorize` as a user would, on the CPU.
 * @throws BenchError `NOT_BUILT`, `CHILD_FAILED`
 */
export async function colorizeByCommand(
  { input, output, model, flags = [] }: { input: string; output: string; model: string; flags?: readonly string[] },
  onStart?: (pid: number) => void,
): Promise<CommandRun> {
  if (!existsSync(COMMAND)) throw new BenchError('NOT_BUILT', `${COMMAND} is missing. Run: npm run build`);
  const args = [
    COMMAND,
    'colorize',
    input,
    '-o',
    output,
    '--json',
    '--quiet',
    '--device',
    'cpu',
    '--model',
    model,
    ...flags,
  ];
  const options = onStart === undefined ? {} : { onStart };
  const { stdout, wallSeconds } = await runCommand('kinemacolor colorize', process.execPath, args, options);
  return { summary: JSON.parse(stdout) as CommandSummary, wallSeconds };
}
