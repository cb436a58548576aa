import { buildGenerator, saveModel } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';

/** Saves the smallest generator there can be, called `tiny`, with random weights that are the same every time. */
export async function saveTinyModel(folder: string): Promise<void> {
  await loadBackend('cpu');
  const config = { width: 2, residualBlocks: 1, inputChannels: 1, outputChannels: 2 };
  const generator = buildGenerator(config, 3);
  await saveModel(generator, folder, { name: 'tiny', version: 'test', config, renderSize: 64 });
  generator.dispose();
}
