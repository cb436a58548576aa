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
export {
  importCycleGanDiscriminator,
  importCycleGanGenerator,
  readCheckpoint,
  type Checkpoint,
  type CheckpointTensor,
  type ImportedDiscriminator,
  type ImportedGenerator,
} from './torch/index.js';
