import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { FailedMessage, ReadyMessage } from '@kinemacolor/lifecycle';

/** A gateway as a process of its own, as operators run it. */
export interface GatewayProcess {
  readonly address: string;
  readonly pid: number;
  /** Lines of its log so far. */
  readonly lines: Record<string, unknown>[];
  /** Its exit code when it has ended; null: by a signal. */
  readonly exit: Promise<number | null>;
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** @throws Error with its last words when it does not become ready */
export async function startGatewayProcess(
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<GatewayProcess> {
  // From src and from dist alike.
  const main = new URL('../../dist/main.js', import.meta.url);
  const child = fork(main, [...flags], { env: { ...process.env, ...env }, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }); // prettier-ignore
  let words = '';
  const lines: Record<string, unknown>[] = [];
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    words += text;
    const whole = words.split('\n');
    words = whole.pop()!;
    for (const line of whole)
      lines.push(line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : { line });
  });
  // Not `exit`: its last lines may still be on their way then.
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const first = once(child, 'message').then(([message]) => message as ReadyMessage | FailedMessage);
  const ready = await Promise.race([first, exit]);
  if (ready === null || typeof ready === 'number')
    throw new Error(`It did not start: ${JSON.stringify(lines)} ${words}`);
  if (ready.kind === 'failed') throw new Error(`It did not start (${ready.failure.error}): ${ready.failure.message}`);
  return {
    address: String(ready.facts.address),
    pid: child.pid!,
    lines,
    exit,
    kill: (signal) => child.kill(signal),
  };
}
