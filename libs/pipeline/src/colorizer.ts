import { availableParallelism } from 'node:os';
import type { ChromaBytes, ModelInfo, Precision, PrecisionChoice } from '@kinemacolor/models';
import type { DeviceChoice, Engine } from '@kinemacolor/tensor';
import { chooseWorkers } from './choose-workers.js';
import { PipelineError } from './pipeline-error.js';
import { ThreadPool } from './thread-pool.js';
import type { BatchSize } from './worker-messages.js';

/** How many threads colour: `auto` is one on a GPU, and on a CPU what a calibration found to be faster. */
export type WorkersChoice = 'auto' | number;

export interface ColorizerStart {
  /** Folder of the model. */
  readonly model: string;
  readonly device: DeviceChoice;
  /** Default `auto`. */
  readonly workers?: WorkersChoice;
  /** Default `auto`: bf16 where the hardware multiplies in it. */
  readonly precision?: PrecisionChoice;
  /** Told what does not stop the work, such as that the model cannot be compiled and runs op by op. */
  readonly warn?: (message: string) => void;
}

/** What a film will ask of a colorizer. */
export interface FilmWork {
  /** Frames to colour; undefined when nobody knows. */
  readonly frames: number | undefined;
  /** Render size, pixels. */
  readonly width: number;
  readonly height: number;
  readonly signal?: AbortSignal;
}

/** A loaded model in one or more threads of its own. */
export interface Colorizer {
  readonly info: ModelInfo;
  readonly engine: Engine;
  /** What the generator computes in; known for certain after the first batch. */
  readonly precision: Precision;
  /** Threads that colour. */
  readonly workers: number;
  /** Live tensors in the threads after their last batches. */
  readonly tensors: number;
  /**
   * With `auto` workers on a CPU: takes as many threads as are fastest for such pictures. That is remembered between
   * runs; for a long film of which it is not known yet it takes a few seconds to find out. Otherwise it does nothing.
   * @throws PipelineError `BUSY` while batches are under way, `WORKER_DIED`
   */
  prepare(work: FilmWork): Promise<void>;
  /**
   * Colours batch × height × width bytes of luma. The luma's buffer is handed over and may not be used again. At most 8
   * batches for each worker may wait. One worker answers in the order of asking; several may answer a later one first.
   * @throws PipelineError `BUSY`, `WORKER_DIED`; ModelError `BAD_INPUT`
   */
  colorize(luma: Uint8Array, size: BatchSize): Promise<ChromaBytes>;
  /** Ends the threads; waiting batches are rejected. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the threads and waits until the model is loaded. With `auto` there is one until {@link Colorizer.prepare}.
 * @throws ModelError, TensorError as a thread met them; PipelineError `WORKER_DIED`, or `FAILED` for a number of workers
 *   that is not 1 to the number of cores
 */
export async function startColorizer(start: ColorizerStart): Promise<Colorizer> {
  const { model, device, workers = 'auto', precision: choice = 'auto', warn = () => undefined } = start;
  const cores = availableParallelism();
  if (workers !== 'auto' && !(Number.isInteger(workers) && workers >= 1 && workers <= cores)) {
    throw new PipelineError('FAILED', `${workers} workers: this machine takes 1 to ${cores}, or auto.`);
  }
  // The first one alone: what it leaves in the caches, the others find there.
  const { pool, ready } = await ThreadPool.open({ model, device, precision: choice }, warn);
  try {
    if (workers !== 'auto') await pool.resize(workers);
  } catch (error) {
    await pool.close();
    throw error;
  }
  const { info, engine, way } = ready;
  return {
    info,
    engine,
    get precision() {
      return (pool.way ?? way).precision;
    },
    get workers() {
      return pool.size;
    },
    get tensors() {
      return pool.tensors;
    },
    prepare: async (work) => {
      if (workers === 'auto' && engine.device === 'cpu') await chooseWorkers(pool, ready, work);
    },
    colorize: (luma, size) => pool.colour(luma, size),
    close: () => pool.close(),
  };
}
