import { readNumber, setting } from '@kinemacolor/config';
import { z } from 'zod';
import { LOG_LEVELS } from './log.js';

/** The part of a service's settings that every service has. */
export const serviceSettings = {
  logLevel: setting(z.enum(LOG_LEVELS).default('info'), {
    flag: '--log-level <level>',
    env: 'KINEMACOLOR_LOG_LEVEL',
    describe: 'What is logged: debug, info, warn, error or silent',
  }),
  graceSeconds: setting(readNumber(z.number().min(0).max(3600).default(25)), {
    env: 'KINEMACOLOR_GRACE_SECONDS',
    describe: 'How long a service may take to finish or hand back its work when it is told to stop',
    unit: 'seconds',
  }),
  health: setting(
    z
      .string()
      .regex(/^.+:\d+$/, 'Must be HOST:PORT')
      .optional(),
    {
      env: 'KINEMACOLOR_HEALTH',
      describe: 'Where health is told by HTTP (/live, /ready), as HOST:PORT; none: nowhere',
    },
  ),
};
