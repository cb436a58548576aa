import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it } from 'vitest';

import { findProgram } from './find-program.js';

it('finds a program by its variable, then on the path, then in the cache, and nothing that may not be run', async () => {
  const folder = scratchDir();
  const put = async (at: string, mode = 0o755): Promise<string> => {
    const file = path.join(folder, at);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, '');
    await chmod(file, mode);
    return file;
  };
  const cached = await put('cache/kinemacolor/bin/tool');
  const installed = await put('usr/bin/tool');
  const own = await put('own/other-name');
  await put('text/tool', 0o644);
  const PATH = ['text', 'none', 'usr/bin'].map((at) => path.join(folder, at)).join(path.delimiter);
  const XDG_CACHE_HOME = path.join(folder, 'cache');
  const find = (env: NodeJS.ProcessEnv): Promise<string | undefined> => findProgram('tool', 'TOOL', env);
  expect(await find({ TOOL: own, PATH, XDG_CACHE_HOME })).toBe(own);
  expect(await find({ TOOL: '', PATH, XDG_CACHE_HOME })).toBe(installed);
  expect(await find({ XDG_CACHE_HOME })).toBe(cached);
  expect(await find({ TOOL: path.join(folder, 'text/tool'), PATH, XDG_CACHE_HOME })).toBeUndefined();
  expect(await find({ PATH: path.join(folder, 'text'), XDG_CACHE_HOME: folder })).toBeUndefined();
});
