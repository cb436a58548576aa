import type * as tf from '@tensorflow/tfjs';
import { NEW_FOLDER, placeExport } from './export-folder.js';
import { saveModel } from './model-files.js';
import type { ModelInfo } from './model-info.js';

/**
 * Writes a model that was made just now as a new model folder, whole or not at all; its version is today's date. Ask
 * `checkExportFolder(out, NEW_FOLDER)` first, before the work of making it.
 * @param model stays the caller's
 * @throws ModelError `OCCUPIED`, `WRITE_FAILED`
 */
export async function writeNewModel(
  model: tf.LayersModel,
  out: string,
  about: Pick<ModelInfo, 'name' | 'config' | 'renderSize'>,
): Promise<ModelInfo> {
  const { name, config, renderSize } = about;
  const version = new Date().toISOString().slice(0, 10);
  let written: ModelInfo | undefined;
  await placeExport(out, NEW_FOLDER, async (unfinished) => {
    written = await saveModel(model, unfinished, { name, version, config, renderSize });
  });
  return written!;
}
