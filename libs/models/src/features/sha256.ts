import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

import { ModelError } from '../model-error.js';

/** Digests by the name of the file, as `sha256sum` writes and checks them. */
export type Digests = ReadonlyMap<string, string>;

export const SUMS = 'SHA256SUMS';

/** SHA-256 in hexadecimal. @throws ModelError `NOT_FOUND` */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    throw new ModelError('NOT_FOUND', `${file} cannot be read (${reasonOf(error)}).`, { cause: error });
  }
  return hash.digest('hex');
}

/** One digest for several files: the SHA-256 of their `SHA256SUMS`, sorted by name. */
export function digestOfDigests(digests: Digests): string {
  const lines = [...digests].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, digest]) => `${digest}  ${name}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** What `SHA256SUMS` in a folder says; empty without one. @throws ModelError `CORRUPT` for a line of another form */
export async function readSums(folder: string): Promise<Digests> {
  const file = path.join(folder, SUMS);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw new ModelError('NOT_FOUND', `${file} cannot be read (${reasonOf(error)}).`, { cause: error });
  }
  return new Map(
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const found = /^([0-9a-f]{64}) [ *](.+)$/.exec(line);
        if (found === null) throw new ModelError('CORRUPT', `${file} has a line that is no digest: ${line}`);
        return [found[2]!, found[1]!] as const;
      }),
  );
}

/**
 * @param wanted a digest, or as many of its first digits as are known
 * @throws ModelError `CORRUPT` naming the file and both digests
 */
export function checkDigest(file: string, found: string, wanted: string): void {
  if (wanted !== '' && found.startsWith(wanted)) return;
  throw new ModelError(
    'CORRUPT',
    `${file} is damaged or another file: its SHA-256 is ${found}, but ${wanted}${wanted.length < 64 ? '…' : ''} was expected. Fetch it again.`,
  );
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
