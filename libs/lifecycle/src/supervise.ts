import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { FailedMessage } from './failure.js';
import { restartDelay } from './restart-delay.js';
import type { ReadyMessage } from './run-service.js';
import { notReady, type SlowStart, type SlowStartMessage } from './slow-start.js';
import { StartFailed, startError } from './start-failed.js';

type Facts = ReadyMessage['facts'];

export interface ChildOptions {
  /** What messages call it. */
  readonly name: string;
  /** The program: a file that calls `runService`. */
  readonly program: string;
  readonly args?: readonly string[];
  /** Its environment. @param facts what it said when it was ready before: a port that it was given it should have again */
  readonly env: (facts: Facts) => NodeJS.ProcessEnv;
  /** Told when it has ended without being asked to, and why in a few words or sentences; it is started again. */
  readonly onCrash?: (how: string) => void;
  /** How long it may take until it is ready, beyond what it says itself that its start may take, milliseconds. Default 60 s. */
  readonly patienceMs?: number;
  /** Gives up the first start: the process is killed. Once it has been ready, `stop` ends it. */
  readonly signal?: AbortSignal;
}

/** A service in a process of its own, which is started again whenever it ends by itself. */
export interface SupervisedChild {
  readonly name: string;
  /** Of the process that runs now; undefined between two. */
  readonly pid: number | undefined;
  /** What the service said of itself when it was ready the last time. */
  readonly facts: Facts;
  /** Resolves when it is ready; after a crash, when it is so again. */
  ready(): Promise<void>;
  /** Has it drain, and resolves when it has ended; one that has not long after its grace is killed. Idempotent. */
  stop(): Promise<void>;
}

const PATIENCE_MS = 60_000;
/** How much longer than its grace a process may take to end. */
const SLACK_MS = 5_000;

/**
 * Starts a service and keeps it running.
 * @throws StartFailed when it ends, or takes too long, before it is ready for the first time, with what it said of it;
 *   ConfigError when it said that its settings are wrong; the signal's reason
 */
export async function supervise(options: ChildOptions): Promise<SupervisedChild> {
  const { signal } = options;
  signal?.throwIfAborted();
  const child = new Child(options);
  const giveUp = (): void => {
    child.kill();
  };
  signal?.addEventListener('abort', giveUp);
  try {
    await child.begin();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
  return child;
}

class Child implements SupervisedChild {
  #process: ChildProcess | undefined;
  #facts: Facts = {};
  #graceMs = 0;
  /** Why the process that runs now, or ran last, could not start. */
  #words: string | undefined;
  #stopping = false;
  #life: Promise<void> = Promise.resolve();
  #readiness: Promise<void> = Promise.resolve();

  constructor(private readonly options: ChildOptions) {}

  get name(): string {
    return this.options.name;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get facts(): Facts {
    return this.#facts;
  }

  async ready(): Promise<void> {
    await this.#readiness;
  }

  async begin(): Promise<void> {
    const { child, ready } = this.#start();
    this.#life = this.#keep(child);
    await ready;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#process?.kill('SIGTERM');
    const stuck = setTimeout(() => this.#process?.kill('SIGKILL'), this.#graceMs + SLACK_MS);
    await this.#life;
    clearTimeout(stuck);
  }

  kill(): void {
    this.#process?.kill('SIGKILL');
  }

  #start(): { child: ChildProcess; ready: Promise<void> } {
    const { name, program, args = [], env, patienceMs = PATIENCE_MS } = this.options;
    // Its log goes where ours goes. A process group of its own: Ctrl-C in the terminal is for us, and we stop it.
    const child = fork(program, [...args], {
      env: env(this.#facts),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      detached: true,
      // Not those of this process, which may be for a debugger or a test.
      execArgv: [],
    });
    this.#process = child;
    this.#words = undefined;
    const ready = new Promise<void>((resolve, reject) => {
      const waitFor = (ms: number, slow?: SlowStart): NodeJS.Timeout =>
        setTimeout(() => {
          child.kill('SIGKILL');
          reject(new StartFailed(notReady(name, ms, slow)));
        }, ms);
      let late = waitFor(patienceMs);
      child.on('message', (message: ReadyMessage | FailedMessage | SlowStartMessage) => {
        clearTimeout(late);
        if (message.kind === 'slow start') {
          late = waitFor(patienceMs + message.slow.ms, message.slow);
          return;
        }
        if (message.kind === 'failed') {
          this.#words = message.failure.message;
          reject(startError(name, message.failure));
          return;
        }
        this.#facts = message.facts;
        this.#graceMs = message.graceMs;
        resolve();
      });
      child.once('exit', (code, signal) => {
        clearTimeout(late);
        reject(new StartFailed(`${name} ended with ${signal ?? `exit code ${code}`} before it was ready.`));
      });
    });
    this.#readiness = ready;
    // Whoever waits for it hears of it; nobody has to.
    ready.catch(() => undefined);
    return { child, ready };
  }

  /** Until it ends as it was told to, or ends before it was ever ready. */
  async #keep(first: ChildProcess): Promise<void> {
    let child = first;
    let delay: number | undefined;
    for (let everReady = false; ;) {
      const began = performance.now();
      const readiness = this.#readiness.then(() => true).catch(() => false);
      const how = await ended(child);
      everReady = (await readiness) || everReady;
      this.#process = undefined;
      if (this.#stopping || !everReady) return;
      this.options.onCrash?.(this.#words ?? how);
      delay = restartDelay(delay, how, performance.now() - began);
      await pause(delay);
      // It may have been stopped during the pause.
      if (this.#isStopping()) return;
      ({ child } = this.#start());
    }
  }

  #isStopping(): boolean {
    return this.#stopping;
  }
}

function ended(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal ?? `exit code ${code}`);
    });
    child.once('error', (error) => {
      resolve(error.message);
    });
  });
}
