import {
  generateChroma,
  inferenceForm,
  loadModel,
  tensorCount,
  type ChromaBytes,
  type ModelInfo,
} from '@kinemacolor/models';
import { loadBackend, type Engine } from '@kinemacolor/tensor';
import type { BatchSize, WorkerStart } from './worker-messages.js';

/** What a colouring thread works with: the engine with one model in it. */
export interface WorkerEngine {
  readonly info: ModelInfo;
  readonly engine: Engine;
  /** How the generator is run. A calibration holds for one form: a faster one needs another number of threads. */
  readonly form: string;
  /** batch × height × width bytes of luma → as many of U and of V. @throws ModelError `BAD_INPUT` */
  colour(luma: Uint8Array, size: BatchSize): Promise<ChromaBytes>;
  /** Live tensors: flat unless something leaks. */
  tensors(): number;
}

/** Loads the engine and the model into this thread. @throws ModelError, TensorError */
export async function prepareEngine({ model: folder, device }: WorkerStart): Promise<WorkerEngine> {
  const engine = await loadBackend(device);
  const { info, model } = await loadModel(folder);
  const { forward } = inferenceForm(model, info.config);
  model.dispose();
  return {
    info,
    engine,
    form: 'eager',
    colour: (luma, size) => generateChroma(forward, info.config, luma, size),
    tensors: tensorCount,
  };
}
