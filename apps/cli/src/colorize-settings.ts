import { z } from 'zod';
import { defineSettings, readNumber, readWorkers, setting } from '@kinemacolor/config';

/** How a film is coloured and encoded, here or by a service. */
export const filmSettings = {
  renderSize: setting(z.coerce.number().int().min(64).max(1024).optional(), {
    flag: '--render-size <pixels>',
    env: 'KINEMACOLOR_RENDER_SIZE',
    describe: "short side at which the generator sees the film (default: the model's own)",
  }),
  saturation: setting(z.coerce.number().min(0).max(4).default(1), {
    flag: '--saturation <factor>',
    describe: 'distance from grey, 1 as the model paints',
  }),
  stabilize: setting(z.coerce.number().min(0).max(0.95).default(0.7), {
    flag: '--stabilize <strength>',
    describe: 'smoothing of the colours over time within a shot, 0 is off',
  }),
  codec: setting(z.enum(['h264', 'hevc', 'av1', 'ffv1', 'prores']).default('h264'), {
    flag: '--codec <codec>',
    describe: 'h264, hevc, av1, ffv1 (lossless) or prores',
  }),
  crf: setting(z.coerce.number().min(0).max(63).optional(), {
    flag: '--crf <number>',
    describe: "the encoder's quality, lower is better (default: the codec's usual one)",
  }),
  preset: setting(z.string().optional(), {
    flag: '--preset <name>',
    describe: "the encoder's speed preset, such as veryfast or slow",
  }),
  subsampling: setting(z.enum(['420', '422', '444', 'source']).optional(), {
    flag: '--subsampling <kind>',
    describe: '420, 422, 444 or source (default: 420, and source for ffv1 and prores)',
  }),
};

/** Everything `kinemacolor colorize` can be told, by flag or by environment variable. */
export const colorizeSettings = defineSettings({
  model: setting(z.string().default('fast'), {
    flag: '--model <name>',
    env: 'KINEMACOLOR_MODEL',
    describe: 'a shipped model by name, or the folder of any other',
  }),
  device: setting(z.enum(['auto', 'cpu', 'gpu']).default('auto'), {
    flag: '--device <device>',
    env: 'KINEMACOLOR_DEVICE',
    describe: 'what the generator runs on: auto, cpu or gpu',
  }),
  precision: setting(z.enum(['auto', 'fp32', 'bf16']).default('auto'), {
    flag: '--precision <kind>',
    env: 'KINEMACOLOR_PRECISION',
    describe: 'what the generator computes in: fp32, bf16, or auto (bf16 where the hardware multiplies in it)',
  }),
  workers: setting(readWorkers(), {
    flag: '--workers <count>',
    env: 'KINEMACOLOR_WORKERS',
    describe: 'threads that colour: a number, or auto (one on a GPU, the fastest number on a CPU)',
  }),
  traceFrames: setting(readNumber(z.number().min(0).max(1).default(0.01)), {
    env: 'KINEMACOLOR_TRACE_FRAMES',
    describe: 'share of the frames, 0 to 1, that are sent as spans where OTEL_* variables name a collector',
  }),
  ...filmSettings,
});

export type ColorizeSettings = ReturnType<typeof colorizeSettings.parse>;
