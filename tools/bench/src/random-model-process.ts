import { buildGenerator, GENERATOR_PRESETS, saveModel, type GeneratorConfig } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';

/*
 * Saves a generator with random weights, which costs what a trained one costs; of the width of `fast` when none is given; with a semantic branch
 * where `semantics` stands behind it.
 *
 *     node random-model-process.js FOLDER [CHANNELS [semantics]]
 */
const [folder, channels = GENERATOR_PRESETS.fast.width, branch] = process.argv.slice(2) as [string, string?, string?];
await loadBackend('cpu');
const plain: GeneratorConfig = { ...GENERATOR_PRESETS.fast, width: Number(channels) };
const config: GeneratorConfig = branch === 'semantics' ? { ...plain, semantics: 'darknet-tiny' } : plain;
await saveModel(buildGenerator(config, 1), folder, { name: 'random', version: '1', config, renderSize: 256 });
