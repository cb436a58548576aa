import {
  exportModelFolder,
  exportSavedModel,
  readModelInfo,
  renderSizeFor,
  type ExportInfo,
  type FolderExport,
  type FolderExportOptions,
} from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';

export interface SavedModelSettings {
  /** Pixels; default: what a 16:9 film is coloured at. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly batch: number;
  readonly precision: 'fp32' | 'bf16';
}

export type CardSettings = FolderExportOptions;

const WIDESCREEN = { width: 16, height: 9 };

/** Writes a model folder as a SavedModel. Loads the engine into this thread. @throws ModelError */
export async function exportAsSavedModel(
  source: string,
  folder: string,
  { batch, precision, size }: SavedModelSettings,
): Promise<ExportInfo> {
  // Nothing is computed, and what is written does not depend on the device.
  await loadBackend('cpu');
  const { width, height } = size ?? renderSizeFor(WIDESCREEN, (await readModelInfo(source)).renderSize);
  return exportSavedModel(source, folder, { batch, width, height, precision });
}

/** Writes a model folder as the colorizer reads it, with a card. Loads the engine into this thread. @throws ModelError */
export async function exportForColorizer(
  source: string,
  folder: string,
  settings: CardSettings,
): Promise<FolderExport> {
  await loadBackend('cpu');
  return exportModelFolder(source, folder, settings);
}
