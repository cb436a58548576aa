import { buildGenerator, GENERATOR_PRESETS, saveModel } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';

/*
 * Saves a generator with random weights, which costs what a trained one costs; of the width of `fast` when none is given.
 *
 *     node random-model-process.js FOLDER [CHANNELS]
 */
const [folder, channels = GENERATOR_PRESETS.fast.width] = process.argv.slice(2) as [string, string?];
await loadBackend('cpu');
const config = { ...GENERATOR_PRESETS.fast, width: Number(channels) };
await saveModel(buildGenerator(config, 1), folder, { name: 'random', version: '1', config, renderSize: 256 });
