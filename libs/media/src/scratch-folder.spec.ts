import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it } from 'vitest';
import { makeScratchFolder } from './scratch-folder.js';

it('removes what a killed process has left, and nothing else', async () => {
  const base = scratchDir();
  const host = hostname().replaceAll(/\W/g, '_');
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const names = {
    left: `kinemacolor-spool-${host}-${dead}-abc123`,
    alive: `kinemacolor-encode-${host}-${process.pid}-abc123`,
    elsewhere: `kinemacolor-spool-another_host-${dead}-abc123`,
    other: 'kinemacolor-something',
  };
  for (const name of Object.values(names)) await mkdir(path.join(base, name));
  await writeFile(path.join(base, names.left, '0.part'), 'film');
  const made = await makeScratchFolder('spool', base);
  expect(path.basename(made)).toMatch(new RegExp(`^kinemacolor-spool-${host}-${process.pid}-`));
  const there = (name: string): boolean => existsSync(path.join(base, name));
  expect(Object.values(names).map(there)).toEqual([false, true, true, true]);
});
