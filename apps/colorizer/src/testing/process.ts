import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { FailedMessage, ReadyMessage } from '@kinemacolor/lifecycle';

/** A colorizer in a process of its own, from the built files. */
export interface ColorizerProcess {
  readonly child: ChildProcess;
  /** Settles with the signal or the exit code when it has ended. */
  readonly ended: Promise<string>;
}

/** Starts one and waits until it takes frames, or a signal has ended it. @throws Error when it ended of itself */
export async function startProcess(
  program: string,
  flags: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ColorizerProcess> {
  const file = new URL(`../../dist/${program}`, import.meta.url);
  const child = fork(file, [...flags], { execArgv: [], env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }); // prettier-ignore
  let words = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-2000)));
  const ended = once(child, 'close').then(([code, signal]) => String(signal ?? code));
  const said = (once(child, 'message') as Promise<[ReadyMessage | FailedMessage]>).then(([message]) =>
    message.kind === 'ready' ? 'ready' : message.failure.message,
  );
  const first = await Promise.race([said, ended]);
  if (!/^(ready|SIG\w+)$/.test(first)) throw new Error(`${program} ended (${first}): ${words}`);
  return { child, ended };
}
