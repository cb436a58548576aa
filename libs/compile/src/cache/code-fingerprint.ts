import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

let known: string | undefined;

/** SHA-256 of this package's own code: a graph built by other rules or passes is another graph. */
export function codeFingerprint(): string {
  known ??= fingerprintOf(path.resolve(import.meta.dirname, '..'));
  return known;
}

/** SHA-256 of the names and contents of the code in a folder, tests left out. */
export function fingerprintOf(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /(?<!\.spec|\.d)\.[jt]s$/.test(name)).sort()) {
    hash.update(file).update(readFileSync(path.join(folder, file)));
  }
  return hash.digest('hex');
}
