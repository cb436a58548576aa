import { defineSettings, readNumber, setting, type ParsedSettings } from '@kinemacolor/config';
import { serviceSettings } from '@kinemacolor/lifecycle';
import { SEGMENT_FRAMES } from '@kinemacolor/pipeline';
import { natsSettings } from '@kinemacolor/streaming';
import { z } from 'zod';

/** Everything that the encoder can be told. */
export const encoderSettings = defineSettings({
  ...natsSettings,
  ...serviceSettings,
  jobs: setting(readNumber(z.number().int().min(1).max(256).default(4)), {
    flag: '--jobs <count>',
    env: 'KINEMACOLOR_ENCODER_JOBS',
    describe: 'Films that are encoded at a time',
  }),
  threads: setting(readNumber(z.number().int().min(0).max(64).default(0)), {
    env: 'KINEMACOLOR_ENCODER_THREADS',
    describe: 'Encoder threads for each film; 0 lets the encoder choose',
  }),
  segmentFrames: setting(readNumber(z.number().int().min(1).max(10_000).default(SEGMENT_FRAMES)), {
    env: 'KINEMACOLOR_SEGMENT_FRAMES',
    describe: 'Frames that a killed encoder loses at most, and that the result comes in pieces of',
    unit: 'frames',
  }),
  scratch: setting(z.string().optional(), {
    env: 'KINEMACOLOR_SCRATCH',
    describe: 'Folder for segments on their way; default: the temporary folder of the system',
  }),
});

export type EncoderConfig = ParsedSettings<typeof encoderSettings>;
