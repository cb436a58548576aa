import { spawn } from 'node:child_process';
import { BenchError } from './bench-error.js';
import { endWithUs } from './end-with-us.js';

export interface CommandEnd {
  readonly stdout: string;
  readonly wallSeconds: number;
}

const KEPT_ERROR_CHARACTERS = 4000;

/**
 * Runs a command to its end.
 * @param env beside that of this process
 * @param onStart gets the process id once it runs
 * @throws BenchError `CHILD_FAILED` with the last lines of its standard error, for any end but exit code 0
 */
export async function runCommand(
  name: string,
  command: string,
  args: readonly string[],
  { cwd, env, onStart }: { cwd?: string; env?: NodeJS.ProcessEnv; onStart?: (pid: number) => void } = {},
): Promise<CommandEnd> {
  const started = performance.now();
  const child = spawn(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env: { ...process.env, ...env } }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithUs(child);
  let stdout = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT_ERROR_CHARACTERS);
  });
  if (child.pid !== undefined) onStart?.(child.pid);
  await new Promise<void>((resolve, reject) => {
    child.once('error', (error) => {
      reject(new BenchError('CHILD_FAILED', `${name} could not be started: ${error.message}`, { cause: error }));
    });
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new BenchError('CHILD_FAILED', `${name} ended (${signal ?? String(code)}):\n${said.trim()}`));
    });
  });
  return { stdout, wallSeconds: (performance.now() - started) / 1000 };
}
