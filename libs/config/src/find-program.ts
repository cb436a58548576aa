import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './cache-folder.js';

/**
 * A program of this machine: the one that the variable names, else on `$PATH`, else in the user's cache, where the set-up
 * puts what the machine has not.
 * @param variable such as `KINEMACOLOR_FFMPEG`; when it is set, nothing else is looked at
 * @returns its path, absolute or as the environment gave it; undefined when there is no such program
 */
export async function findProgram(
  name: string,
  variable: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const named = env[variable];
  if (named !== undefined && named !== '') return (await isProgram(named)) ? named : undefined;
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  for (const folder of [...folders, path.join(cacheFolder(env), 'bin')]) {
    const file = path.join(folder, name);
    if (await isProgram(file)) return file;
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
