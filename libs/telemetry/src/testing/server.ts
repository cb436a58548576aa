import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A program of a test's own that serves until it is stopped. */
export interface Server<Ready> {
  readonly pid: number;
  /** What it said when it was ready, such as its ports. */
  readonly ready: Ready;
  /** Ends it as SIGTERM does. Idempotent. */
  readonly stop: () => Promise<void>;
}

export interface ServerOptions<Ready> {
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Reads what it has written so far; undefined until it is ready. */
  readonly announced: (words: string) => Ready | undefined;
}

const PATIENCE_MS = 50_000;
/** What is kept of what it writes: the beginning, which has its ports. */
const MOST_WORDS = 100_000;
const LAST_WORDS = 2_000;

/**
 * Starts a program and waits until it is ready. The kernel kills it when this process dies, so that a killed test leaves none
 * behind.
 * @throws Error with its last words when it does not get ready
 */
export async function startServer<Ready>(program: string, options: ServerOptions<Ready>): Promise<Server<Ready>> {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...options.args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  let words = '';
  const now: { ready: Ready | undefined; isGone: boolean } = { ready: undefined, isGone: false };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      if (words.length < MOST_WORDS) words += text;
      now.ready ??= options.announced(words);
    });
  }
  const gone = new Promise<void>((resolve) => {
    const end = (why?: Error): void => {
      if (why !== undefined) words += why.message;
      now.isGone = true;
      resolve();
    };
    child.once('error', end);
    child.once('close', () => {
      end();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await gone;
  };
  const until = performance.now() + PATIENCE_MS;
  while (now.ready === undefined && !now.isGone && performance.now() < until) await Promise.race([gone, pause(20)]);
  if (now.ready === undefined) {
    await stop();
    throw new Error(`${path.basename(program)} did not start: ${words.trim().slice(-LAST_WORDS)}`);
  }
  return { pid: child.pid!, ready: now.ready, stop };
}
