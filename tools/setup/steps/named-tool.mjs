import { access, constants } from 'node:fs/promises';

import { SetupError } from '../failure.mjs';
import { findCommand } from '../system.mjs';

/**
 * A program that the product will use: the one named in the environment, else on PATH, else the one kept in the cache.
 *
 * @param {{ variable: string, command: string, kept: string }} tool kept: its path in the cache
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>}
 * @throws {SetupError} when the environment names a file that is not there
 */
export async function namedTool({ variable, command, kept }, env) {
  const named = env[variable];
  if (named !== undefined && named !== '') {
    const found = (await isExecutable(named)) ? named : await findCommand(named, env);
    if (found !== undefined) return found;
    throw new SetupError(`${variable} names ${named}, which is not a program.`, `Correct or unset ${variable}.`);
  }
  const onPath = await findCommand(command, env);
  if (onPath !== undefined) return onPath;
  return (await isExecutable(kept)) ? kept : undefined;
}

async function isExecutable(path) {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(error.code)) return false;
    throw error;
  }
}
