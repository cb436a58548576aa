import { mainService } from '@kinemacolor/lifecycle';
import { colorizerSettings } from './config.js';
import { generatorStudio } from './generator-studio.js';
import { startColorizerService } from './service.js';

/*
 * colorizer: small luma in (luma.*, a queue that all colorizers share), small chroma out (chroma.<job>), painted in batches by
 * models of the model store. It holds nothing that another colorizer could not paint again.
 */
await mainService(
  'colorizer',
  colorizerSettings,
  async (config, log) => startColorizerService(config, log, await generatorStudio(config, log)),
  // Its own model is checked first.
  ({ checkSeconds }) => ({ ms: checkSeconds * 1000, setting: 'KINEMACOLOR_CHECK_SECONDS' }),
);
