import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '@kinemacolor/config';
import { StreamingError } from '../streaming-error.js';

const NAME = 'nats-server';

/**
 * The NATS server of this machine: `KINEMACOLOR_NATS_SERVER`, else on `$PATH`, else in the user's cache, where the set-up
 * puts one.
 * @throws StreamingError `SERVER_MISSING`
 */
export async function findNatsServer(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = environment['KINEMACOLOR_NATS_SERVER'];
  const folders = (environment['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const known = [...folders.map((folder) => path.join(folder, NAME)), path.join(cacheFolder(environment), 'bin', NAME)];
  for (const file of named === undefined || named === '' ? known : [named]) {
    if (await isProgram(file)) return file;
  }
  throw new StreamingError(
    'SERVER_MISSING',
    named === undefined || named === ''
      ? 'There is no nats-server. Run: npm run setup'
      : `KINEMACOLOR_NATS_SERVER names ${named}, which is not a program.`,
  );
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
