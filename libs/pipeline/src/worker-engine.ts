import { openGenerator, tensorCount, type ChromaBytes, type ModelInfo, type Precision } from '@kinemacolor/models';
import { loadBackend, type Engine } from '@kinemacolor/tensor';
import type { BatchSize, WorkerStart } from './worker-messages.js';

/** What a colouring thread works with: the engine with one model in it. */
export interface WorkerEngine {
  readonly info: ModelInfo;
  readonly engine: Engine;
  /** How the generator is run. A calibration holds for one form: a faster one needs another number of threads. */
  readonly form: string;
  /** What the generator computes in. */
  readonly precision: Precision;
  /** batch × height × width bytes of luma → as many of U and of V. @throws ModelError `BAD_INPUT` */
  colour(luma: Uint8Array, size: BatchSize): Promise<ChromaBytes>;
  /** Live tensors: flat unless something leaks. */
  tensors(): number;
}

/**
 * Loads the engine and the model into this thread.
 * @param warn told once when the model cannot be run as a compiled graph
 * @throws ModelError, TensorError
 */
export async function prepareEngine(
  { model, device, precision }: WorkerStart,
  warn: (message: string) => void,
): Promise<WorkerEngine> {
  const engine = await loadBackend(device);
  const generator = await openGenerator(model, { precision, warn });
  return {
    info: generator.info,
    engine,
    form: `compiled ${generator.precision}`,
    precision: generator.precision,
    colour: (luma, size) => generator.generate(luma, size),
    tensors: tensorCount,
  };
}
