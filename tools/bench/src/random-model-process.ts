import {
  buildGenerator,
  GENERATOR_PRESETS,
  saveModel,
  type GeneratorConfig,
  type Semantics,
} from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';

/*
 * Saves a generator with random weights, which costs what a trained one costs; of the width of `fast` when none is given; with what
 * looks at the picture beside it where that stands behind it.
 *
 *     node random-model-process.js FOLDER [CHANNELS [darknet-tiny|glance]]
 */
const [folder, channels = GENERATOR_PRESETS.fast.width, semantics] = process.argv.slice(2) as [
  string,
  string?,
  Semantics?,
];
await loadBackend('cpu');
const plain: GeneratorConfig = { ...GENERATOR_PRESETS.fast, width: Number(channels) };
const config: GeneratorConfig = semantics === undefined ? plain : { ...plain, semantics };
await saveModel(buildGenerator(config, 1), folder, { name: 'random', version: '1', config, renderSize: 256 });
