import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];

// Vitest ends its processes without their `exit` event, so the end of the spec file is what counts.
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder under the system's temporary one, removed when the spec file has run. */
export function scratchDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kinemacolor-test-'));
  folders.push(folder);
  return folder;
}
