import { defineSettings, readNumber, readWorkers, setting, type ParsedSettings } from '@kinemacolor/config';
import { serviceSettings } from '@kinemacolor/lifecycle';
import { natsSettings } from '@kinemacolor/streaming';
import { z } from 'zod';

const sizes = z
  .string()
  .regex(/^\d+(,\d+)*$/, 'Must be numbers, separated by commas')
  .transform((text) => text.split(',').map(Number))
  .optional();

/** The settings one by one, for a service that has some more. */
export const colorizerDefinition = {
  ...natsSettings,
  ...serviceSettings,
  model: setting(z.string().min(1).default('fast'), {
    flag: '--model <names>',
    env: 'KINEMACOLOR_MODEL',
    describe:
      'Model for jobs that name none: one of the store, a shipped one by name, or a folder. Further ones, after commas, are only put into the store',
  }),
  device: setting(z.enum(['auto', 'cpu', 'gpu']).default('auto'), {
    flag: '--device <device>',
    env: 'KINEMACOLOR_DEVICE',
    describe: 'What the generator runs on: auto, cpu or gpu',
  }),
  precision: setting(z.enum(['auto', 'fp32', 'bf16']).default('auto'), {
    flag: '--precision <kind>',
    env: 'KINEMACOLOR_PRECISION',
    describe: 'What the generator computes in: fp32, bf16, or auto (bf16 where the hardware multiplies in it)',
  }),
  workers: setting(readWorkers(), {
    flag: '--workers <count>',
    env: 'KINEMACOLOR_WORKERS',
    describe: 'Threads that colour: a number, or auto (one on a GPU, the fastest number on a CPU)',
  }),
  ahead: setting(readNumber(z.number().int().min(1).max(1024).default(16)), {
    flag: '--ahead <frames>',
    env: 'KINEMACOLOR_COLORIZER_AHEAD',
    describe: 'Frames that are held at a time; a GPU wants some three batches',
    unit: 'frames',
  }),
  maxBatch: setting(readNumber(z.number().int().min(1).max(256).optional()), {
    env: 'KINEMACOLOR_MAX_BATCH',
    describe: 'Most frames of one batch, of several jobs; default: 8 on a GPU, 1 on a CPU',
    unit: 'frames',
  }),
  preferredBatch: setting(sizes, {
    env: 'KINEMACOLOR_PREFERRED_BATCH',
    describe: 'Sizes, separated by commas, that a batch is sent with at once; default: the most',
  }),
  maxDelayMs: setting(readNumber(z.number().min(0).max(10_000).default(5)), {
    env: 'KINEMACOLOR_MAX_DELAY_MS',
    describe: 'How long a frame may wait for others to make a batch of a preferred size',
    unit: 'ms',
  }),
  maxTries: setting(readNumber(z.number().int().min(1).max(100).default(3)), {
    env: 'KINEMACOLOR_MAX_TRIES',
    describe: 'Times that a frame may end the colorizer, with no other beside it, before it is given up',
  }),
  leaseSeconds: setting(readNumber(z.number().min(0.2).max(600).default(5)), {
    env: 'KINEMACOLOR_LEASE_SECONDS',
    describe: 'When the frames of a colorizer that is gone go to another; the same for all colorizers',
    unit: 'seconds',
  }),
  loadedModels: setting(readNumber(z.number().int().min(1).max(64).default(3)), {
    env: 'KINEMACOLOR_LOADED_MODELS',
    describe: 'Versions that stay loaded at a time',
  }),
  checkSeconds: setting(readNumber(z.number().min(1).max(3600).default(120)), {
    env: 'KINEMACOLOR_CHECK_SECONDS',
    describe: 'How long a new version may take to load and to paint two small pictures',
    unit: 'seconds',
  }),
  modelFolder: setting(z.string().optional(), {
    env: 'KINEMACOLOR_MODEL_FOLDER',
    describe: 'Where models from the store are kept; default: models in the per-user cache of the project',
  }),
};

/** Everything that the colorizer can be told. */
export const colorizerSettings = defineSettings(colorizerDefinition);

export type ColorizerConfig = ParsedSettings<typeof colorizerSettings>;
