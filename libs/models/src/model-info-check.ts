import type * as tf from '@tensorflow/tfjs';
import { checkGeneratorConfig, differingFields, type GeneratorConfig } from './generator-config.js';
import { ModelError } from './model-error.js';
import type { ModelInfo } from './model-info.js';

/**
 * What a `kinemacolor.json` holds.
 * @throws ModelError `CORRUPT` naming the file and every field that is missing or wrong
 */
export function checkModelInfo(file: string, stored: unknown): ModelInfo {
  const info = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<ModelInfo>;
  const wrong: string[] = [];
  if (typeof info.name !== 'string') wrong.push('name');
  if (typeof info.version !== 'string') wrong.push('version');
  if (typeof info.config !== 'object' || (info.config as unknown) === null) wrong.push('config');
  if (typeof info.renderSize !== 'number' || !(info.renderSize > 0)) wrong.push('renderSize');
  if (!/^[0-9a-f]{64}$/.test(String(info.weightsSha256))) wrong.push('weightsSha256');
  if (wrong.length > 0) {
    throw new ModelError(
      'CORRUPT',
      `${file} lacks ${wrong.join(', ')} or has it wrong. Fetch or export the model again.`,
    );
  }
  const { name, version, config, renderSize, weightsSha256 } = info as ModelInfo;
  try {
    checkGeneratorConfig(config);
  } catch (error) {
    throw new ModelError('CORRUPT', `${file}: ${ModelError.from(error).message}`, { cause: error });
  }
  // What an export noted beside them is of that export only.
  return { name, version, config, renderSize, weightsSha256 };
}

function semanticsOf({ layers }: tf.LayersModel): GeneratorConfig['semantics'] {
  const has = (layer: string): boolean => layers.some(({ name }) => name === layer);
  if (has('semantic_stem')) return 'efficientnet-lite0';
  if (has('semantic_gain')) return 'darknet-tiny';
  return has('glance_gain') ? 'glance' : undefined;
}

/** In which way a model is not the generator that a config describes; undefined when it is. */
export function modelDisagreement(model: tf.LayersModel, config: GeneratorConfig): string | undefined {
  const blocks = model.layers.filter(({ name }) => /^block_\d+$/.test(name)).length;
  const first = model.layers.find(({ name }) => name === 'encoder_0')?.getWeights()[0];
  const found: GeneratorConfig = {
    width: first?.shape[3] ?? 0,
    residualBlocks: blocks,
    inputChannels: model.inputs[0]?.shape.at(-1) ?? 0,
    outputChannels: model.outputs[0]?.shape.at(-1) ?? 0,
    semantics: semanticsOf(model),
  };
  const differing = differingFields(found, config);
  if (differing.length === 0) return undefined;
  return differing.map((name) => `${name} is ${config[name]} in one and ${found[name]} in the other`).join(', ');
}
