export { importCycleGanDiscriminator, type ImportedDiscriminator } from './import-discriminator.js';
export { importCycleGanGenerator, type ImportedGenerator } from './import-generator.js';
export { readCheckpoint } from './read-checkpoint.js';
export { type Checkpoint, type CheckpointTensor } from './state-dict.js';
