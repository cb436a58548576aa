import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Names of the files whose very contents are trained with: their figures flatter. One that cannot be read is passed over,
 * who decodes it says why.
 * @param contents SHA-256 of the training files, hexadecimal
 */
export async function alsoTrained(
  files: readonly string[],
  contents: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<string[]> {
  const names: string[] = [];
  for (const file of files) {
    signal?.throwIfAborted();
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined) continue;
    if (contents.has(createHash('sha256').update(bytes).digest('hex'))) names.push(path.basename(file));
  }
  return names;
}
