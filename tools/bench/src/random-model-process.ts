import { buildGenerator, GENERATOR_PRESETS, saveModel } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';

/*
 * Saves a `fast` generator with random weights, which costs what a trained one costs.
 *
 *     node random-model-process.js FOLDER
 */
const [folder] = process.argv.slice(2) as [string];
await loadBackend('cpu');
const config = GENERATOR_PRESETS.fast;
await saveModel(buildGenerator(config, 1), folder, { name: 'random', version: '1', config, renderSize: 256 });
