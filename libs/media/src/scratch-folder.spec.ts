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

it('removes what a process of its own number has left, as in a container that is started again', () => {
  const base = scratchDir();
  const program = `
    import { mkdir, readdir } from 'node:fs/promises';
    import { hostname } from 'node:os';
    import { makeScratchFolder } from ${JSON.stringify(new URL('../dist/scratch-folder.js', import.meta.url).href)};
    const [base, since] = process.argv.slice(1);
    const name = base + '/kinemacolor-spool-' + hostname().replaceAll(/\\W/g, '_') + '-' + process.pid + '-abc123';
    await mkdir(name);
    if (since === 'before') process.uptime = () => -1;
    await makeScratchFolder('spool', base);
    console.log((await readdir(base)).includes(name.split('/').at(-1)));`;
  const stays = (since: string): string =>
    spawnSync(process.execPath, ['--input-type=module', '-e', program, base, since], {
      encoding: 'utf8',
    }).stdout.trim();
  expect(stays('since')).toBe('true');
  expect(stays('before')).toBe('false');
});
