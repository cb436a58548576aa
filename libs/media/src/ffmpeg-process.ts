import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex, Readable, Writable } from 'node:stream';
import { isClosedPipe } from './closed-pipe.js';
import { LastLines } from './last-lines.js';
import { MediaError } from './media-error.js';

export interface FfmpegRun {
  readonly binary: string;
  readonly args: readonly string[];
  /** Default `ignore`. */
  readonly stdin?: 'pipe' | 'ignore';
  /** A number is a file descriptor of this process that ffmpeg writes to by itself. Default `ignore`. */
  readonly stdout?: 'pipe' | 'ignore' | number;
  /** Pipes beyond standard error: descriptors 3, 4, … of ffmpeg. Default 0. */
  readonly extraPipes?: number;
  /** Folder that relative names start from. Default this process's own. */
  readonly cwd?: string;
  /** Ends ffmpeg when it fires. */
  readonly signal?: AbortSignal | undefined;
}

export interface FfmpegExit {
  /** True for exit code 0 without a kill of ours. A death by signal is never a success. */
  readonly ok: boolean;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** We ended it: by `kill` or by the abort signal. */
  readonly killed: boolean;
  /** User and system CPU seconds; 0 when ffmpeg did not live to tell. */
  readonly cpuSeconds: number;
  /** Last error lines, oldest first. */
  readonly errorLines: readonly string[];
  /** All error lines, those that fell out of the ring too. */
  readonly errorCount: number;
  /** Set when the program could not be started. */
  readonly startError: Error | undefined;
}

const graceMs = 2000;

/**
 * A statically linked ffmpeg crashes when the names in a transport stream make it load the system's character
 * converters, which are built for another C library. With a path that holds none, it shows such names as they are; a
 * dynamically linked one still finds its own.
 */
const converterPath = '/nonexistent/gconv';

/** One running ffmpeg. Nobody else may keep it: it ends with its exit, a kill, or the abort signal. */
export class FfmpegProcess {
  readonly #child: ChildProcess;
  readonly #errors = new LastLines(40);
  #errorCount = 0;
  #cpuSeconds = 0;
  #killed = false;
  #insisted = false;
  /** Resolves when ffmpeg is gone and its messages are read; never rejects. */
  readonly ended: Promise<FfmpegExit>;

  constructor(run: FfmpegRun) {
    const extra = Array.from({ length: run.extraPipes ?? 0 }, () => 'pipe' as const);
    this.#child = spawn(run.binary, run.args, {
      stdio: [run.stdin ?? 'ignore', run.stdout ?? 'ignore', 'pipe', ...extra],
      windowsHide: true,
      cwd: run.cwd,
      env: { ...process.env, GCONV_PATH: converterPath },
    });
    this.#readMessages();
    const onAbort = (): void => {
      void this.kill();
    };
    this.ended = this.#exit().finally(() => {
      run.signal?.removeEventListener('abort', onAbort);
    });
    if (run.signal?.aborted === true) onAbort();
    else run.signal?.addEventListener('abort', onAbort, { once: true });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stdin(): Writable {
    return this.#child.stdin ?? missingPipe('standard input');
  }

  get stdout(): Readable {
    return this.#child.stdout ?? missingPipe('standard output');
  }

  /** Descriptor 3 or above. */
  pipe(descriptor: number): Duplex {
    return (this.#child.stdio[descriptor] as Duplex | null | undefined) ?? missingPipe(`descriptor ${descriptor}`);
  }

  /** Error lines so far. */
  get errorCount(): number {
    return this.#errorCount;
  }

  /** Asks ffmpeg to end, insists after two seconds, and resolves when it is gone. Idempotent. */
  async kill(): Promise<FfmpegExit> {
    if (!this.#killed && this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#killed = true;
      this.#child.kill('SIGTERM');
      const insist = setTimeout(() => {
        this.#insisted = true;
        this.#child.kill('SIGKILL');
      }, graceMs);
      void this.ended.then(() => {
        clearTimeout(insist);
      });
      // A blocked ffmpeg hears SIGTERM only when its pipes end.
      for (const stream of this.#child.stdio) if (stream !== this.#child.stderr) stream?.destroy();
    }
    return this.ended;
  }

  #readMessages(): void {
    const all = new LastLines(1);
    all.onLine((line) => {
      if (/\[(error|fatal|panic)\]/.test(line)) {
        this.#errorCount += 1;
        this.#errors.push(`${line}\n`);
        return;
      }
      const cpu = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(line);
      if (cpu !== null) this.#cpuSeconds = Number(cpu[1]) + Number(cpu[2]);
    });
    this.#child.stderr?.setEncoding('utf8');
    this.#child.stderr?.on('data', (text: string) => {
      all.push(text);
    });
    this.#child.stderr?.on('end', () => {
      all.end();
    });
    // A torn pipe shows as ffmpeg's own end; without a listener it would end this process.
    for (const stream of this.#child.stdio) {
      stream?.on('error', (error: Error) => {
        if (!isClosedPipe(error)) this.#errors.push(`${error.message}\n`);
      });
    }
  }

  #exit(): Promise<FfmpegExit> {
    return new Promise((resolve) => {
      let startError: Error | undefined;
      const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
        // Its torn pipes may be noticed, and it be asked to end, before it is known that somebody else has killed it.
        const killed = this.#killed && (signal !== 'SIGKILL' || this.#insisted);
        resolve({
          ok: code === 0 && signal === null && !this.#killed && startError === undefined,
          code,
          signal,
          killed,
          cpuSeconds: this.#cpuSeconds,
          errorLines: [...this.#errors.lines],
          errorCount: this.#errorCount,
          startError,
        });
      };
      this.#child.on('error', (error) => {
        startError = error;
        if (this.#child.pid === undefined) settle(null, null);
      });
      this.#child.on('exit', (code, signal) => {
        // The messages can still be in the pipe. Our ends of the other pipes may stay open, so `close` is not waited for.
        const stderr = this.#child.stderr;
        if (stderr === null || stderr.readableEnded || stderr.destroyed) settle(code, signal);
        else
          stderr.once('close', () => {
            settle(code, signal);
          });
      });
    });
  }
}

function missingPipe(name: string): never {
  throw new MediaError('INVALID_ARGUMENT', `ffmpeg was started without a pipe for its ${name}.`);
}
