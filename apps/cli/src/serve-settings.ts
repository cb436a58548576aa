import path from 'node:path';
import { cacheFolder, defineSettings, readBoolean, readListen, readNumber, setting } from '@kinemacolor/config';
import { z } from 'zod';

const count = (most: number) => readNumber(z.number().int().min(1).max(most).default(1));

/** Where `serve` keeps things, which is where other commands find it. */
export const dataSetting = setting(z.string().default(path.join(cacheFolder(), 'serve')), {
  flag: '--data <folder>',
  env: 'KINEMACOLOR_DATA',
  describe: 'where sources, jobs and results are kept',
});

/** What `kinemacolor serve` can be told; every setting of the services is taken from its variable as well. */
export const serveSettings = defineSettings({
  listen: setting(readListen().default('127.0.0.1:50051'), {
    flag: '--listen <address>',
    env: 'KINEMACOLOR_LISTEN',
    describe: 'where clients find it',
  }),
  data: dataSetting,
  nats: setting(z.string().min(1).optional(), {
    flag: '--nats <urls>',
    env: 'KINEMACOLOR_NATS',
    describe: 'NATS servers that run already (default: one of its own)',
  }),
  colorizers: setting(count(64), {
    flag: '--colorizers <count>',
    env: 'KINEMACOLOR_COLORIZERS',
    describe: 'processes that colour: one a GPU',
  }),
  decoders: setting(count(64), { flag: '--decoders <count>', describe: 'processes that decode' }),
  encoders: setting(count(64), { flag: '--encoders <count>', describe: 'processes that encode' }),
  trace: setting(readBoolean().default(false), {
    flag: '--trace',
    describe:
      'send traces of every frame, metrics and logs to a collector: the one of OTEL_EXPORTER_OTLP_ENDPOINT, else one on this machine',
  }),
  model: setting(z.string().optional(), {
    flag: '--model <name>',
    env: 'KINEMACOLOR_MODEL',
    describe: 'a shipped model by name, or the folder of any other (default: fast)',
  }),
});
