import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { ChromaBytes } from '@kinemacolor/models';
import { PipelineError } from './pipeline-error.js';
import { workerError } from './worker-error.js';
import type {
  BatchSize,
  WayOfRunning,
  WorkerReady,
  WorkerReply,
  WorkerRequest,
  WorkerStart,
} from './worker-messages.js';

interface Waiting {
  readonly resolve: (chroma: ChromaBytes) => void;
  readonly reject: (error: Error) => void;
}

/** One worker thread with the engine and a model in it, seen from outside. */
export class ColouringThread {
  /** The model is loaded. @throws ModelError, TensorError as the thread met them; PipelineError `WORKER_DIED` */
  readonly ready: Promise<WorkerReady>;
  /** Settles with the reason when the thread is no more, however that came. */
  readonly gone: Promise<Error>;
  /** Live tensors in the thread after its last batch. */
  tensors = 0;
  /** How it runs the generator, as it last said; undefined before it is ready. */
  way: WayOfRunning | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private readonly worker: Worker;
  private next = 0;
  private death: Error | undefined;
  private settleReady: { resolve: (ready: WorkerReady) => void; reject: (error: Error) => void } | undefined;

  constructor(
    start: WorkerStart,
    private readonly warn: (message: string) => void,
  ) {
    // Tests run on the sources; a thread needs the built file, and must not look for other packages' sources either.
    const fromSource = import.meta.url.endsWith('.ts');
    const folder = fromSource ? '../dist/' : './';
    this.worker = new Worker(new URL(`${folder}colorizer-worker.js`, import.meta.url), {
      workerData: start,
      // What the engine reads from the environment (how much it logs) is set in the thread, and must reach the process.
      env: SHARE_ENV,
      execArgv: fromSource ? [] : process.execArgv,
    });
    this.ready = new Promise((resolve, reject) => {
      this.settleReady = { resolve, reject };
    });
    this.worker.on('message', (message: WorkerReply) => {
      this.hear(message);
    });
    this.worker.once('error', (error) => {
      this.die(new PipelineError('WORKER_DIED', `The colouring thread failed: ${error.message}`, { cause: error }));
    });
    this.gone = new Promise((resolve) => {
      this.worker.once('exit', (code) => {
        resolve(this.die(new PipelineError('WORKER_DIED', `The colouring thread ended (${code}).`)));
      });
    });
  }

  /** Batches that were handed over and not answered yet. */
  get load(): number {
    return this.waiting.size;
  }

  /** Batches are answered in the order they were sent. The luma's buffer is handed over. */
  colour(luma: Uint8Array, size: BatchSize): Promise<ChromaBytes> {
    if (this.death !== undefined) return Promise.reject(this.death);
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      // A buffer that holds more than this plane (a pooled one) must not be given away.
      const own = luma.byteLength === luma.buffer.byteLength ? luma : luma.slice();
      this.worker.postMessage({ id, luma: own, ...size } satisfies WorkerRequest, [own.buffer as ArrayBuffer]);
    });
  }

  /** Ends the thread; what waits is rejected with the reason. Idempotent. */
  async end(reason: Error): Promise<void> {
    this.die(reason);
    await this.worker.terminate();
    await this.gone;
  }

  private hear(message: WorkerReply): void {
    if (message.kind === 'ready') {
      this.way = message.way;
      this.settleReady?.resolve(message);
    } else if (message.kind === 'warned') {
      this.warn(message.message);
    } else if (message.kind === 'coloured') {
      this.tensors = message.tensors;
      this.way = message.way;
      this.take(message.id)?.resolve({ u: message.u, v: message.v });
    } else if (message.id === undefined) {
      this.die(workerError(message.failure));
      void this.worker.terminate();
    } else {
      this.take(message.id)?.reject(workerError(message.failure));
    }
  }

  private take(id: number): Waiting | undefined {
    const batch = this.waiting.get(id);
    this.waiting.delete(id);
    return batch;
  }

  /** The first reason counts: an error is followed by the exit that it caused. */
  private die(reason: Error): Error {
    this.death ??= reason;
    for (const { reject } of this.waiting.values()) reject(this.death);
    this.waiting.clear();
    this.settleReady?.reject(this.death);
    return this.death;
  }
}
