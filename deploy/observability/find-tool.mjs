import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { cacheFolder } from '../../tools/setup/paths.mjs';

/** @returns {string | undefined} a program that the set-up builds for tests, where there was Go to build it with */
export function findTool(name) {
  const path = join(cacheFolder(), 'bin', name);
  return existsSync(path) ? path : undefined;
}
