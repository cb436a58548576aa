import path from 'node:path';
import {
  checkExportFolder,
  importCycleGanGenerator,
  NEW_FOLDER,
  readCheckpoint,
  type GeneratorConfig,
  writeNewModel,
} from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';

/** Short side at which an imported generator is run: what public CycleGANs are trained at. */
const IMPORTED_RENDER_SIZE = 256;

/** Turns a PyTorch checkpoint into a model folder. Loads the engine into this thread. @throws ModelError */
export async function importModel(checkpoint: string, folder: string): Promise<GeneratorConfig> {
  await loadBackend('cpu');
  await checkExportFolder(folder, NEW_FOLDER);
  const { model, config } = importCycleGanGenerator(await readCheckpoint(checkpoint), checkpoint);
  const name = path.basename(path.resolve(folder));
  try {
    await writeNewModel(model, folder, { name, config, renderSize: IMPORTED_RENDER_SIZE });
  } finally {
    model.dispose();
  }
  return config;
}
