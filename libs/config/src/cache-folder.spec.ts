import { homedir } from 'node:os';
import { expect, it } from 'vitest';

import { cacheFolder } from './cache-folder.js';

it('is under XDG_CACHE_HOME, else under ~/.cache', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/somewhere' })).toBe('/somewhere/kinemacolor');
  expect(cacheFolder({ XDG_CACHE_HOME: '' })).toBe(`${homedir()}/.cache/kinemacolor`);
  expect(cacheFolder({})).toBe(`${homedir()}/.cache/kinemacolor`);
});
