import { renderSizeFor } from '@kinemacolor/models/render-size';
import { batchFor, PipelineError, startColorizer, type WorkersChoice } from '@kinemacolor/pipeline';
import type { PrecisionChoice } from '@kinemacolor/models';
import type { DeviceChoice } from '@kinemacolor/tensor';
import type { Painter } from './painter.js';

export interface GeneratorOptions {
  readonly device: DeviceChoice;
  readonly precision: PrecisionChoice;
  readonly workers: WorkersChoice;
  /** Told what does not stop the work. */
  readonly warn: (message: string) => void;
}

/**
 * Opens models in threads of this process. How many threads are fastest is found out with the first one, before there is
 * anything else to do, and remembered on this machine; the later ones have as many.
 */
export function generatorPainters({ workers, ...options }: GeneratorOptions): (folder: string) => Promise<Painter> {
  let threads: WorkersChoice = workers;
  return async (folder) => {
    const colorizer = await startColorizer({ model: folder, workers: threads, ...options });
    if (threads === 'auto') {
      const size = renderSizeFor({ width: 16, height: 9 }, colorizer.info.renderSize);
      await colorizer.prepare({ ...size, frames: Number.MAX_SAFE_INTEGER });
      threads = colorizer.workers;
    }
    let isDead = false;
    return {
      workers: colorizer.workers,
      batch: batchFor(colorizer.engine.device),
      get isDead() {
        return isDead;
      },
      paint: async (luma, size) => {
        try {
          return await colorizer.colorize(luma, size);
        } catch (error) {
          isDead ||= error instanceof PipelineError && error.code === 'WORKER_DIED';
          throw error;
        }
      },
      close: () => {
        isDead = true;
        return colorizer.close();
      },
    };
  };
}
