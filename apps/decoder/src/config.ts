import { defineSettings, readNumber, setting, type ParsedSettings } from '@kinemacolor/config';
import { serviceSettings } from '@kinemacolor/lifecycle';
import { natsSettings } from '@kinemacolor/streaming';
import { z } from 'zod';

/** Everything that the decoder can be told. */
export const decoderSettings = defineSettings({
  ...natsSettings,
  ...serviceSettings,
  jobs: setting(readNumber(z.number().int().min(1).max(256).default(4)), {
    flag: '--jobs <count>',
    env: 'KINEMACOLOR_DECODER_JOBS',
    describe: 'Films that are decoded at a time',
  }),
  threads: setting(readNumber(z.number().int().min(0).max(64).default(0)), {
    env: 'KINEMACOLOR_DECODER_THREADS',
    describe: 'Decoder threads for each film; 0 lets ffmpeg choose',
  }),
  traceFrames: setting(readNumber(z.number().min(0).max(1).default(0.01)), {
    env: 'KINEMACOLOR_TRACE_FRAMES',
    describe: 'Share of the frames, 0 to 1, whose way through all services is traced, where a job is traced at all',
  }),
  maxPixels: setting(
    readNumber(
      z
        .number()
        .int()
        .min(1)
        .default(4096 * 2304),
    ),
    {
      env: 'KINEMACOLOR_MAX_PIXELS',
      describe: 'Largest picture of a film; a job with larger ones fails with RESOURCE_EXHAUSTED',
      unit: 'pixels',
    },
  ),
  maxSeconds: setting(
    readNumber(
      z
        .number()
        .min(1)
        .default(6 * 3600),
    ),
    {
      env: 'KINEMACOLOR_MAX_SECONDS',
      describe: 'Longest film; a job with a longer one fails with RESOURCE_EXHAUSTED',
      unit: 'seconds',
    },
  ),
});

export type DecoderConfig = ParsedSettings<typeof decoderSettings>;
