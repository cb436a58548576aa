export { generateChroma, type ChromaBytes, type Forward } from './chroma-generator.js';
export { buildDiscriminator, type DiscriminatorConfig } from './discriminator.js';
export { buildGenerator } from './generator.js';
export {
  checkGeneratorConfig,
  GENERATOR_PRESETS,
  type GeneratorConfig,
  type GeneratorPreset,
} from './generator-config.js';
export { ModelError, type ModelErrorCode } from './model-error.js';
export { renderSizeFor } from './render-size.js';
export { loadModel, saveModel, type LoadedModel } from './model-files.js';
export type { ModelInfo } from './model-info.js';
export { inferenceForm, type InferenceForm } from './inference.js';
export { tensorCount } from './tensor-count.js';
export { importCycleGanDiscriminator, type ImportedDiscriminator } from './torch/import-discriminator.js';
export { importCycleGanGenerator, type ImportedGenerator } from './torch/import-generator.js';
export { readCheckpoint } from './torch/read-checkpoint.js';
export type { Checkpoint, CheckpointTensor } from './torch/state-dict.js';
