export {
  readConfig,
  draftConfig,
  checkConfig,
  type ConfigDraft,
  type ConfigOverrides,
  type ConfigSource,
} from './config/read-config.js';
export { optionalFields, type OptionalField } from './config/optional-fields.js';
export { PRESETS, type PresetName } from './config/presets.js';
export type { StageConfig, TrainingConfig, TrainingInput } from './config/schema.js';
export { TrainingError, type TrainingErrorCode } from './config/training-error.js';
export { trainInTerminal, type TerminalOptions } from './run/train-in-terminal.js';
export { threadShare } from './run/thread-share.js';
export { train } from './run/training-run.js';
export type { RunPlan, RunProgress, RunResult, TrainOptions } from './run/run-options.js';
export { stageRange, type StageRange } from './run/stage-range.js';
export { evaluateModel, type EvaluatedRow, type EvaluateOptions } from './validation/evaluate-model.js';
export { cycleLearner, type CycleLearnerOptions } from './steps/cycle-learner.js';
export { chromaLearner, type ChromaLearnerOptions } from './steps/chroma-learner.js';
export type { Learner } from './steps/learner.js';
export type { Phase, StepProgram, StepSettings, StepShape } from './steps/step-program.js';
export type { StepLosses } from './steps/losses-record.js';
export type { Batch, DataOptions, PictureSet, SkippedPicture, StageView, TrainingData } from './data/index.js';
export { writeReport } from './report/write-report.js';
