import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { ChromaBytes, ModelInfo } from '@kinemacolor/models';
import type { DeviceChoice, Engine } from '@kinemacolor/tensor';
import { PipelineError } from './pipeline-error.js';
import { workerError } from './worker-error.js';
import type { WorkerReply, WorkerRequest, WorkerStart } from './worker-messages.js';

/** Batches that may wait in the worker; a caller that sends more is a bug, not a queue. */
const MOST_WAITING = 8;

interface Waiting {
  readonly resolve: (chroma: ChromaBytes) => void;
  readonly reject: (error: Error) => void;
}

/** A loaded model in a thread of its own. */
export interface Colorizer {
  readonly info: ModelInfo;
  readonly engine: Engine;
  /** Live tensors in the worker after the last batch. */
  readonly tensors: number;
  /**
   * Colours batch × height × width bytes of luma. The luma's buffer is handed over and may not be used again.
   * Batches are answered in the order they were sent; at most 8 may wait.
   */
  colorize(luma: Uint8Array, size: { batch: number; width: number; height: number }): Promise<ChromaBytes>;
  /** Ends the thread; waiting batches are rejected. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the thread and waits until the model is loaded.
 * @throws ModelError, TensorError as the worker met them; PipelineError `WORKER_DIED`
 */
export async function startColorizer(start: { model: string; device: DeviceChoice }): Promise<Colorizer> {
  // Tests run on the sources; a thread needs the built file, and must not look for other packages' sources either.
  const fromSource = import.meta.url.endsWith('.ts');
  const folder = fromSource ? '../dist/' : './';
  const worker = new Worker(new URL(`${folder}colorizer-worker.js`, import.meta.url), {
    workerData: start satisfies WorkerStart,
    // What the engine reads from the environment (how much it logs) is set in the thread, and must reach the process.
    env: SHARE_ENV,
    execArgv: fromSource ? [] : process.execArgv,
  });
  const waiting = new Map<number, Waiting>();
  let next = 0;
  let tensors = 0;
  let closed = false;
  let died: Error | undefined;
  const exited = new Promise<void>((resolve) => worker.once('exit', () => { resolve(); })); // prettier-ignore

  return new Promise<Colorizer>((resolve, reject) => {
    const fail = (error: Error): void => {
      died ??= error;
      for (const { reject: rejectBatch } of waiting.values()) rejectBatch(error);
      waiting.clear();
      reject(error);
    };
    worker.once('error', (error) => {
      fail(new PipelineError('WORKER_DIED', `The colouring thread failed: ${error.message}`, { cause: error }));
    });
    worker.once('exit', (code) => {
      fail(
        new PipelineError(
          'WORKER_DIED',
          closed ? 'The colorizer was closed.' : `The colouring thread ended (${code}).`,
        ),
      );
    });
    worker.on('message', (message: WorkerReply) => {
      if (message.kind === 'ready') {
        resolve({
          info: message.info,
          engine: message.engine,
          get tensors() {
            return tensors;
          },
          colorize,
          close,
        });
      } else if (message.kind === 'coloured') {
        tensors = message.tensors;
        const batch = waiting.get(message.id);
        waiting.delete(message.id);
        batch?.resolve({ u: message.u, v: message.v });
      } else if (message.id === undefined) {
        fail(workerError(message.failure));
        void worker.terminate();
      } else {
        const batch = waiting.get(message.id);
        waiting.delete(message.id);
        batch?.reject(workerError(message.failure));
      }
    });
  });

  function colorize(luma: Uint8Array, size: { batch: number; width: number; height: number }): Promise<ChromaBytes> {
    if (died !== undefined) return Promise.reject(died);
    if (waiting.size >= MOST_WAITING) {
      return Promise.reject(new PipelineError('BUSY', `More than ${MOST_WAITING} batches wait for the colorizer.`));
    }
    const id = next++;
    return new Promise<ChromaBytes>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      // A buffer that holds more than this plane (a pooled one) must not be given away.
      const own = luma.byteLength === luma.buffer.byteLength ? luma : luma.slice();
      worker.postMessage({ id, luma: own, ...size } satisfies WorkerRequest, [own.buffer as ArrayBuffer]);
    });
  }

  async function close(): Promise<void> {
    closed = true;
    await worker.terminate();
    await exited;
  }
}
