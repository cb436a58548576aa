import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { modelFolder, shippedModels } from '@kinemacolor/models/shipped-models';
import type { ModelInfo } from '@kinemacolor/models';
import { EXIT } from './exit-code.js';

/** Short side at which an imported generator is run: what public CycleGANs are trained at. */
const IMPORTED_RENDER_SIZE = 256;

/** `kinemacolor models list` */
export async function listModelsCommand(): Promise<number> {
  for (const name of shippedModels()) {
    const info = JSON.parse(await readFile(path.join(modelFolder(name), 'kinemacolor.json'), 'utf8')) as ModelInfo;
    const { width, residualBlocks } = info.config;
    console.log(`${name}\t${info.version}\twidth ${width}, ${residualBlocks} blocks, render size ${info.renderSize}`);
  }
  return EXIT.OK;
}

/** `kinemacolor models import`. @throws ModelError */
export async function importModelCommand(checkpoint: string, folder: string): Promise<number> {
  // Only this command needs the engine in the main thread.
  const { importCycleGanGenerator, readCheckpoint, saveModel } = await import('@kinemacolor/models');
  const { loadBackend } = await import('@kinemacolor/tensor');
  await loadBackend('cpu');
  const { model, config } = importCycleGanGenerator(await readCheckpoint(checkpoint));
  const name = path.basename(folder);
  const version = new Date().toISOString().slice(0, 10);
  await saveModel(model, folder, { name, version, config, renderSize: IMPORTED_RENDER_SIZE });
  console.log(`${folder}: width ${config.width}, ${config.residualBlocks} blocks. Use it with --model ${folder}`);
  return EXIT.OK;
}
