export { averageModels } from './average-models.js';
export { beginRecogniser } from './begin-recogniser.js';
export { recogniserOf } from './recognisers/recogniser.js';
export { chromaLevels, type ChromaLevels, type Forward } from './chroma-function.js';
export { generateChroma, type BatchSize, type ChromaBytes } from './chroma-generator.js';
export { openGenerator, type OpenGenerator, type OpenGeneratorOptions } from './compiled-generator.js';
export { checkExportFolder, NEW_FOLDER } from './export-folder.js';
export { exportModelFolder, type FolderExport, type FolderExportOptions } from './export-model-folder.js';
export type { CardMetrics } from './card/metrics-table.js';
export type { WeightForm } from './weight-form.js';
export { exportSavedModel, EXPORTED_SIGNATURE, type ExportInfo, type ExportOptions } from './export-saved-model.js';
export type { Precision } from '@kinemacolor/compile';
export { choosePrecision, parsePrecision, type PrecisionChoice } from './precision-choice.js';
export { buildDiscriminator, type DiscriminatorConfig } from './discriminator.js';
export { buildGenerator, outputLayers } from './generator.js';
export {
  checkGeneratorConfig,
  sameConfig,
  GENERATOR_PRESETS,
  SEMANTICS,
  glances,
  sideStep,
  type GeneratorConfig,
  type GeneratorPreset,
  type Semantics,
} from './generator-config.js';
export type { FeatureKind, FeatureNetwork } from './features/feature-network.js';
export { openFeatures, type OpenFeaturesOptions } from './features/open-features.js';
export { ModelError, type ModelErrorCode } from './model-error.js';
export { renderSizeFor } from './render-size.js';
export { loadModel, readModelInfo, saveModel, type LoadedModel } from './model-files.js';
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
export { writeNewModel } from './new-model-folder.js';
export { widenGenerator, widenModel, type WidenOptions } from './widen-model.js';
