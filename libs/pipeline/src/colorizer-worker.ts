import { parentPort, workerData } from 'node:worker_threads';
import { ModelError } from '@kinemacolor/models';
import { TensorError } from '@kinemacolor/tensor';
import { prepareEngine } from './worker-engine.js';
import type { WorkerFailure, WorkerReply, WorkerRequest, WorkerStart } from './worker-messages.js';

/*
 * The thread that holds the engine. TensorFlow calls block the thread that makes them, so they are made here and the
 * main thread stays free for progress, pipes and signals.
 */
const port = parentPort!;
const reply = (message: WorkerReply, transfer: ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer);
};

function failureOf(thrown: unknown): WorkerFailure {
  if (thrown instanceof ModelError || thrown instanceof TensorError) {
    return { name: thrown.name, code: thrown.code, message: thrown.message };
  }
  return { name: 'Error', code: 'FAILED', message: thrown instanceof Error ? thrown.message : String(thrown) };
}

try {
  const prepared = await prepareEngine(workerData as WorkerStart, (message) => {
    reply({ kind: 'warned', message });
  });
  const { info, engine } = prepared;
  port.on('message', ({ id, luma, ...size }: WorkerRequest) => {
    prepared.colour(luma, size).then(
      ({ u, v }) => {
        reply({ kind: 'coloured', id, u, v, tensors: prepared.tensors(), way: prepared.way() }, [
          u.buffer as ArrayBuffer,
          v.buffer as ArrayBuffer,
        ]);
      },
      (error: unknown) => {
        reply({ kind: 'failed', id, failure: failureOf(error) });
      },
    );
  });
  reply({ kind: 'ready', info, engine, way: prepared.way() });
} catch (error) {
  reply({ kind: 'failed', id: undefined, failure: failureOf(error) });
}
