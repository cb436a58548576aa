export { buildDiscriminator, type DiscriminatorConfig } from './discriminator.js';
export { buildGenerator } from './generator.js';
export {
  checkGeneratorConfig,
  GENERATOR_PRESETS,
  type GeneratorConfig,
  type GeneratorPreset,
} from './generator-config.js';
export { ModelError, type ModelErrorCode } from './model-error.js';
