import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModelError } from './model-error.js';

const WEIGHTS = fileURLToPath(new URL('../weights/', import.meta.url));
const INFO = 'kinemacolor.json';

/** Names of the models that come with the project. */
export function shippedModels(): string[] {
  if (!existsSync(WEIGHTS)) return [];
  return readdirSync(WEIGHTS).filter((name) => existsSync(path.join(WEIGHTS, name, INFO)));
}

/**
 * The folder of a model: a shipped one by its name, any other by its path.
 * @throws ModelError `NOT_FOUND`, naming the shipped models
 */
export function modelFolder(nameOrPath: string): string {
  const shipped = shippedModels();
  if (shipped.includes(nameOrPath)) return path.join(WEIGHTS, nameOrPath);
  if (existsSync(path.join(nameOrPath, INFO))) return path.resolve(nameOrPath);
  throw new ModelError(
    'NOT_FOUND',
    `No model "${nameOrPath}": it is neither a folder with ${INFO} nor one of ${shipped.join(', ') || 'the shipped ones (none here)'}.`,
  );
}
