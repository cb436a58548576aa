import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '@kinemacolor/lifecycle';
import { ModelError } from '@kinemacolor/models/model-error';
import { modelFolder } from '@kinemacolor/models/shipped-models';
import type { ColorizerConfig } from './config.js';
import { generatorPainters } from './generator-painter.js';
import type { Studio } from './painter.js';
import { smokeCheck } from './smoke-check.js';

/** Of the test pictures, pixels: small, as it is about whether it paints and not how. */
const SIDE = 64;

/** Paints with generators. @throws ModelError for a folder that is no model */
export async function generatorStudio(config: ColorizerConfig, log: Log): Promise<Studio> {
  const { device, precision, workers, checkSeconds } = config;
  return {
    models: await Promise.all(config.model.split(',').map((name) => resolve(name.trim()))),
    open: generatorPainters({
      device,
      precision,
      workers,
      warn: (message) => {
        log.warn(message);
      },
    }),
    check: (folder, signal) =>
      smokeCheck({ folder, device, precision, side: SIDE }, { limitMs: checkSeconds * 1000, signal }),
  };
}

/** A shipped model goes by its name, a folder by the name in its card; what is neither may be in the store. */
async function resolve(nameOrFolder: string): Promise<Studio['models'][number]> {
  let folder: string;
  try {
    folder = modelFolder(nameOrFolder);
  } catch (error) {
    if (error instanceof ModelError && error.code === 'NOT_FOUND' && !/[/\\.]/.test(nameOrFolder)) {
      return { name: nameOrFolder, folder: undefined };
    }
    throw error;
  }
  const card = JSON.parse(await readFile(path.join(folder, 'kinemacolor.json'), 'utf8')) as { name?: unknown };
  return { name: typeof card.name === 'string' ? card.name : path.basename(folder), folder };
}
