import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineSettings, readNumber, setting } from '@kinemacolor/config';
import { mainService } from '@kinemacolor/lifecycle';
import { z } from 'zod';
import { colorizerDefinition } from '../config.js';
import { startColorizerService } from '../service.js';
import { standInStudio } from './stand-in-studio.js';

/*
 * The colorizer with a painter that takes a fixed time and computes nothing: for benchmarks, and for tests of what happens when
 * a frame kills it. It serves every model of the store, and puts one called `stand-in` there.
 */
const settings = defineSettings({
  ...colorizerDefinition,
  standInMs: setting(readNumber(z.number().min(0).max(60_000).default(20)), {
    flag: '--stand-in-ms <ms>',
    describe: 'What painting one frame takes',
    unit: 'ms',
  }),
  standInPoison: setting(readNumber(z.number().int().min(0).max(255).optional()), {
    flag: '--stand-in-poison <luma>',
    describe: 'A frame whose first 8 × 8 pixels are all about so bright kills the process',
  }),
});

await mainService('stand-in', settings, async (config, log) => {
  const { standInMs: frameMs, standInPoison: poison } = config;
  const folder = await mkdtemp(path.join(tmpdir(), 'kinemacolor-stand-in-'));
  try {
    return await startColorizerService(config, log, await standInStudio(folder, { frameMs, poison }));
  } finally {
    await rm(folder, { recursive: true });
  }
});
