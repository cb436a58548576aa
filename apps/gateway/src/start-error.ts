import { readFile } from 'node:fs/promises';
import { ConfigError } from '@kinemacolor/config';

const WHY_NO_FILE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
};

const WHY_NOT_THERE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there already. Stop it, or choose another port.',
  EADDRNOTAVAIL: 'this machine has no such address. Choose one that it has, or 0.0.0.0 for all of them.',
  EACCES: 'it may not listen there. Choose a port of 1024 or more.',
  ENOTFOUND: 'this name is not known. Give the address as a number.',
};

/** A setting that turned out to be wrong when it was put to use. @param name its variable, which everyone has who starts a gateway */
export const wrongSetting = (name: string, why: string, cause?: unknown): ConfigError =>
  new ConfigError('BAD_SETTINGS', [`${name}: ${why}`], { cause });

/** What a setting's file holds. @throws ConfigError naming both */
export async function readNamed(name: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw wrongFile(name, file, error);
  }
}

/** @param error what the file system said of it */
export function wrongFile(name: string, file: string, error: unknown): ConfigError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return wrongSetting(`${name}=${file}`, WHY_NO_FILE[code] ?? message, error);
}

/** @param error what gRPC said when it was to listen: the system's words are somewhere in it */
export function cannotListen(listen: string, error: unknown): ConfigError {
  const message = error instanceof Error ? error.message : String(error);
  const [code = ''] = /\bE[A-Z]{4,}\b/.exec(message) ?? [];
  return wrongSetting(`KINEMACOLOR_LISTEN=${listen} (or --listen)`, WHY_NOT_THERE[code] ?? message, error);
}
