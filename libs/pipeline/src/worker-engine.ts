import { openGenerator, tensorCount, type ChromaBytes, type ModelInfo } from '@kinemacolor/models';
import { loadBackend, type Engine } from '@kinemacolor/tensor';
import type { BatchSize, WayOfRunning, WorkerStart } from './worker-messages.js';

/** What a colouring thread works with: the engine with one model in it. */
export interface WorkerEngine {
  readonly info: ModelInfo;
  readonly engine: Engine;
  /** Known for certain after the first batch, which may find that the model cannot be run as a graph. */
  way(): WayOfRunning;
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
    way: () => ({
      form: `${generator.compiled ? 'compiled' : 'op by op'} ${generator.precision}`,
      precision: generator.precision,
    }),
    colour: (luma, size) => generator.generate(luma, size),
    tensors: tensorCount,
  };
}
