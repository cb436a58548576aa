import { buildGenerator, saveModel } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';

export interface TinyModelOptions {
  /** Of the random weights: each gives other colours. */
  readonly seed: number;
  /** What the weights are multiplied by; 0 paints one colour, NaN nothing. */
  readonly scale?: number;
}

/** Saves the smallest generator there can be, called `tiny`, as an export would. */
export async function saveTinyModel(folder: string, { seed, scale = 1 }: TinyModelOptions): Promise<void> {
  await loadBackend('cpu');
  const config = { width: 2, residualBlocks: 1, inputChannels: 1, outputChannels: 2 };
  const generator = buildGenerator(config, seed);
  if (scale !== 1) {
    const weights = generator.getWeights();
    const scaled = weights.map((weight) => weight.mul(scale));
    generator.setWeights(scaled);
    for (const tensor of scaled) tensor.dispose();
  }
  await saveModel(generator, folder, { name: 'tiny', version: `seed-${seed}`, config, renderSize: 64 });
  generator.dispose();
}
