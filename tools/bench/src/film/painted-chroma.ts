import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { builtFile, WORK } from '../paths.js';
import { runCommand } from '../run-command.js';

/**
 * The chroma that the model paints on the film, in a file that is made once: the encoder alone must have the same
 * picture to encode as in the command, and a constant colour would cost it less.
 */
export async function paintedChroma(film: string, model: string): Promise<string> {
  const card = JSON.parse(await readFile(path.join(model, 'kinemacolor.json'), 'utf8')) as { weightsSha256: string };
  const file = path.join(WORK, `chroma-${path.parse(film).name}-${card.weightsSha256.slice(0, 12)}.raw`);
  if (existsSync(file)) return file;
  const args = [builtFile('film/chroma-process'), film, model, `${file}.writing`];
  await runCommand('Painting the chroma', process.execPath, args);
  await rename(`${file}.writing`, file);
  return file;
}
