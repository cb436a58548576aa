import { fork } from 'node:child_process';
import type { FailedMessage, Failure } from './failure.js';
import { startError } from './start-failed.js';

/** Has a service look at its settings, and do nothing else. */
export const CHECK_FLAG = '--check-settings';

export interface CheckOptions {
  /** What messages call it. */
  readonly name: string;
  /** The program: a file that calls `mainService`. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Asks a service whether it could be started with these settings, without starting it.
 * @throws ConfigError with all that is wrong. What else keeps the program from running is met by whoever starts it
 */
export async function checkSettings({ name, program, env }: CheckOptions): Promise<void> {
  const child = fork(program, [CHECK_FLAG], { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
  const failure = await new Promise<Failure | undefined>((resolve, reject) => {
    child.on('message', (message: FailedMessage) => {
      resolve(message.failure);
    });
    child.once('error', reject);
    // Not `exit`, before which its last words may not have come.
    child.once('close', () => {
      resolve(undefined);
    });
  });
  if (failure !== undefined) throw startError(name, failure);
}
