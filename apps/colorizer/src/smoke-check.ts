import { fork } from 'node:child_process';
import type { PrecisionChoice } from '@kinemacolor/models';
import type { DeviceChoice } from '@kinemacolor/tensor';

/** What the checking process is to do. */
export interface SmokeWork {
  readonly folder: string;
  readonly device: DeviceChoice;
  readonly precision: PrecisionChoice;
  /** Of the test pictures, pixels. */
  readonly side: number;
}

/** What it answers. */
export interface SmokeAnswer {
  /** Empty: nothing. */
  readonly wrong: string;
}

export interface SmokeOptions {
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** What is run; it gets the work as JSON and sends a {@link SmokeAnswer}. */
  readonly program?: URL;
}

const LAST_WORDS = 500;

/**
 * Has a model paint test pictures in a process of its own, which is killed when it takes too long.
 * @returns what is wrong with the model; undefined when nothing is
 * @throws the signal's reason
 */
export async function smokeCheck(
  work: SmokeWork,
  { limitMs, signal, program = checker() }: SmokeOptions,
): Promise<string | undefined> {
  signal.throwIfAborted();
  const child = fork(program, [JSON.stringify(work)], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let words = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS);
  });
  let answer: SmokeAnswer | undefined;
  child.once('message', (message: SmokeAnswer) => (answer = message));
  const limit = AbortSignal.timeout(limitMs);
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  for (const end of [limit, signal]) end.addEventListener('abort', kill);
  try {
    const how = await new Promise<string>((resolve) => {
      child.once('error', (error) => {
        resolve(error.message);
      });
      child.once('close', (code, killedBy) => {
        resolve(killedBy ?? `exit code ${code ?? -1}`);
      });
    });
    signal.throwIfAborted();
    if (answer !== undefined) return answer.wrong === '' ? undefined : answer.wrong;
    if (limit.aborted) return `it did not paint two small pictures within ${limitMs / 1000} s`;
    const [last = ''] = words.trim().split('\n').slice(-1);
    return `it brought the engine down (${[how, last].filter((part) => part !== '').join(': ')})`;
  } finally {
    for (const end of [limit, signal]) end.removeEventListener('abort', kill);
  }
}

/** Tests run on the sources; a process needs the built file. */
function checker(): URL {
  const folder = import.meta.url.endsWith('.ts') ? '../dist/' : './';
  return new URL(`${folder}smoke-check-main.js`, import.meta.url);
}
