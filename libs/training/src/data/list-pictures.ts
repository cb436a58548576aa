import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { TrainingError } from '../config/training-error.js';

const PICTURE = /\.(jpe?g|png|webp)$/i;

/**
 * The pictures of a folder, by name, not looked into.
 * @param match regular expression: only the files whose names match
 * @throws TrainingError `BAD_DATA` when the folder cannot be read; `BAD_CONFIG` for an expression that is none
 */
export async function listPictures(folder: string, match = ''): Promise<string[]> {
  const wanted = expression(match);
  const names = await readdir(folder).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TrainingError('BAD_DATA', `The pictures of ${folder} cannot be listed: ${reason}`, { cause: error });
  });
  return names
    .filter((name) => PICTURE.test(name) && wanted.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

function expression(match: string): RegExp {
  try {
    return new RegExp(match);
  } catch (error) {
    throw new TrainingError('BAD_CONFIG', `match: ${match} is no regular expression.`, { cause: error });
  }
}
