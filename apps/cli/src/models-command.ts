import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelInfo } from '@kinemacolor/models';
import { ModelError } from '@kinemacolor/models/model-error';
import { modelFolder, shippedModels } from '@kinemacolor/models/shipped-models';
import { EXIT } from './exit-code.js';
import { UsageError } from './usage-error.js';

/** `kinemacolor models list` */
export async function listModelsCommand(): Promise<number> {
  for (const name of shippedModels()) {
    const info = JSON.parse(await readFile(path.join(modelFolder(name), 'kinemacolor.json'), 'utf8')) as ModelInfo;
    const { width, residualBlocks } = info.config;
    console.log(`${name}\t${info.version}\twidth ${width}, ${residualBlocks} blocks, render size ${info.renderSize}`);
  }
  return EXIT.OK;
}

/** `kinemacolor models average`. @throws ModelError */
export async function averageModelsCommand(models: readonly string[], folder: string): Promise<number> {
  const { averageFolders } = await import('./average-models.js');
  console.log(await averageFolders(models.map(modelFolder), folder));
  return EXIT.OK;
}

/** `kinemacolor models import`. @throws ModelError; UsageError when the checkpoint is not there */
export async function importModelCommand(checkpoint: string, folder: string): Promise<number> {
  // Only this command needs the engine in the main thread.
  const { importModel } = await import('./import-model.js');
  const { width, residualBlocks } = await importModel(checkpoint, folder).catch((error: unknown) => {
    // Elsewhere this code means that the model to colour with is missing; here it is the input.
    const missing = error instanceof ModelError && error.code === 'NOT_FOUND';
    throw missing ? new UsageError(error.message, EXIT.INPUT_MISSING) : error;
  });
  console.log(`${folder}: width ${width}, ${residualBlocks} blocks. Use it with --model ${folder}`);
  return EXIT.OK;
}
