import { exportSavedModel, readModelInfo, renderSizeFor, type ExportInfo } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';

export interface ExportSettings {
  /** Pixels; default: what a 16:9 film is coloured at. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly batch: number;
  readonly precision: 'fp32' | 'bf16';
}

const WIDESCREEN = { width: 16, height: 9 };

/** Writes a model folder as a SavedModel. Loads the engine into this thread. @throws ModelError */
export async function exportModel(source: string, folder: string, settings: ExportSettings): Promise<ExportInfo> {
  // Nothing is computed, and what is written does not depend on the device.
  await loadBackend('cpu');
  const { batch, precision, size } = settings;
  const { width, height } = size ?? renderSizeFor(WIDESCREEN, (await readModelInfo(source)).renderSize);
  return exportSavedModel(source, folder, { batch, width, height, precision });
}
