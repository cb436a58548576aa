import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder under the system's temporary one, removed when this process ends. */
export function scratchDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kinemacolor-test-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
