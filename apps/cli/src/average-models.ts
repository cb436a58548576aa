import { averageModels } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';

/** Writes the mean of models as a model folder. @param weights of the models, all alike by default. Loads the engine into this thread. @throws ModelError */
export async function averageFolders(
  folders: readonly string[],
  out: string,
  weights?: readonly number[],
): Promise<string> {
  await loadBackend('cpu');
  const { name, config } = await averageModels(folders, out, weights);
  return `${out}: the ${weights === undefined ? '' : 'weighted '}mean of ${folders.length} models ${name}, width ${config.width}, ${config.residualBlocks} blocks. Use it with --model ${out}`;
}
