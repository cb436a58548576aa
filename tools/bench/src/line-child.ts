import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { BenchError } from './bench-error.js';
import { endWithUs } from './end-with-us.js';

type Reply = Readonly<Record<string, unknown>>;

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

const KEPT_ERROR_CHARACTERS = 4000;
const CLOSE_MS = 5000;

/**
 * A process that answers one JSON line with another: the sides of a comparison live in processes of their own and take
 * turns. One request at a time.
 */
export class LineChild {
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly ended: Promise<void>;
  private waiting: Waiting | undefined;
  private said = '';
  private failure: BenchError | undefined;

  private constructor(
    private readonly name: string,
    command: string,
    args: readonly string[],
  ) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    endWithUs(this.child);
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.said = (this.said + text).slice(-KEPT_ERROR_CHARACTERS);
    });
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      this.answer(line);
    });
    // A broken pipe shows as the end of the process, which is told below.
    this.child.stdin.on('error', (error) => {
      this.said += error.message;
    });
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => {
        this.fail(`could not be started: ${error.message}`);
        resolve();
      });
      this.child.once('close', (code, signal) => {
        this.fail(`ended (${signal ?? String(code)})${this.said === '' ? '' : `:\n${this.said.trim()}`}`);
        resolve();
      });
    });
  }

  /**
   * Starts the process and waits for its first line.
   * @returns the child and what that line said
   * @throws BenchError `CHILD_FAILED`
   */
  static async start(
    name: string,
    command: string,
    args: readonly string[],
  ): Promise<{ child: LineChild; first: Reply }> {
    const child = new LineChild(name, command, args);
    return { child, first: await child.next() };
  }

  /** @throws BenchError `CHILD_FAILED` with the last lines that the process wrote to standard error */
  async request(message: Reply): Promise<Reply> {
    const reply = this.next();
    this.child.stdin.write(JSON.stringify(message) + '\n');
    return reply;
  }

  /** Closes its input, insists after five seconds, and resolves when it is gone. Idempotent. */
  async close(): Promise<void> {
    this.child.stdin.end();
    const insist = setTimeout(() => this.child.kill('SIGKILL'), CLOSE_MS);
    await this.ended;
    clearTimeout(insist);
  }

  private next(): Promise<Reply> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (this.waiting !== undefined) return Promise.reject(new BenchError('CHILD_FAILED', `${this.name} is busy.`));
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  private answer(line: string): void {
    const { waiting } = this;
    this.waiting = undefined;
    try {
      waiting?.resolve(JSON.parse(line) as Reply);
    } catch (error) {
      waiting?.reject(new BenchError('CHILD_FAILED', `${this.name} said what is not JSON: ${line}`, { cause: error }));
    }
  }

  private fail(reason: string): void {
    this.failure ??= new BenchError('CHILD_FAILED', `${this.name} ${reason}`);
    this.waiting?.reject(this.failure);
    this.waiting = undefined;
  }
}
