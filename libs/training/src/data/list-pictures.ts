import { readdir } from 'node:fs/promises';
import path from 'node:path';

const PICTURE = /\.(jpe?g|png|webp)$/i;

/**
 * The pictures of a folder, by name, not looked into.
 * @param match regular expression: only the files whose names match
 */
export async function listPictures(folder: string, match = ''): Promise<string[]> {
  const wanted = new RegExp(match);
  const names = await readdir(folder);
  return names
    .filter((name) => PICTURE.test(name) && wanted.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}
