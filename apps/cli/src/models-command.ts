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
    const { width, residualBlocks, semantics } = info.config;
    const branch = semantics === undefined ? '' : `, ${semantics}`;
    console.log(
      `${name}\t${info.version}\twidth ${width}, ${residualBlocks} blocks${branch}, render size ${info.renderSize}`,
    );
  }
  return EXIT.OK;
}

/** `kinemacolor models average`. @param weights as in `1,0.7`. @throws UsageError; ModelError */
export async function averageModelsCommand(
  models: readonly string[],
  folder: string,
  weights?: string,
): Promise<number> {
  if (models.length < 2) throw new UsageError('There is nothing to average: name two models or more.');
  // prettier-ignore
  const shares = weights === undefined ? undefined : sharesOf(weights, models.length);
  const { averageFolders } = await import('./average-models.js');
  console.log(await averageFolders(models.map(modelFolder), folder, shares));
  return EXIT.OK;
}

function sharesOf(text: string, count: number): number[] {
  const shares = text.split(',').map(numberOf);
  if (shares.length === count && shares.every((share) => share > 0 && share < Infinity)) return shares;
  throw new UsageError(`--weights ${text}: give a number above 0 for each of the ${count} models, as in 1,0.7.`);
}

/** JavaScript takes nothing for 0. */
const numberOf = (text: string): number => (text.trim() === '' ? NaN : Number(text));

/** `kinemacolor models widen`. @param noise a number of at least 0. @throws UsageError; ModelError */
export async function widenModelCommand(model: string, folder: string, noise?: string): Promise<number> {
  const share = noise === undefined ? undefined : numberOf(noise);
  if (share !== undefined && !(share >= 0 && share < Infinity)) {
    throw new UsageError(`--noise ${noise}: give a number of at least 0, as in 0.15.`);
  }
  const { widenFolder } = await import('./widen-model.js');
  console.log(await widenFolder(modelFolder(model), folder, share));
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
