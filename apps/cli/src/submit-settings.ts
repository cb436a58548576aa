import { defineSettings, readNumber, setting } from '@kinemacolor/config';
import { z } from 'zod';
import { filmSettings } from './colorize-settings.js';
import { serverSettings } from './server-settings.js';

/** Everything `kinemacolor submit` can be told, by flag or by environment variable. */
export const submitSettings = defineSettings({
  ...serverSettings,
  model: setting(z.string().optional(), {
    flag: '--model <name>',
    describe: 'a model that the service has, by name (default: the service’s own)',
  }),
  ...filmSettings,
  // The wire has whole numbers.
  crf: { ...filmSettings.crf, schema: readNumber(z.number().int().min(0).max(63).optional()) },
  poison: setting(z.enum(['fail', 'grey']).default('fail'), {
    flag: '--poison <policy>',
    describe: 'a frame that no colorizer survives: fail the job, or leave the frame grey',
  }),
  maxDelay: setting(readNumber(z.number().positive().max(60)).optional(), {
    flag: '--max-delay <seconds>',
    describe: 'a live stream (-): longest wait of a frame for its colours (default: none, every frame waits for them)',
    unit: 'seconds',
  }),
});

export type SubmitSettings = ReturnType<typeof submitSettings.parse>;
