import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { describe, expect, it } from 'vitest';

import { takeProcessLock } from './process-lock.js';

class Busy extends Error {
  constructor(readonly pid: number) {
    super();
  }
}
const folder = scratchDir();
const at = (...names: string[]): string => path.join(folder, ...names);
const take = (name: string): ReturnType<typeof takeProcessLock> => takeProcessLock(at(name), (pid) => new Busy(pid));

async function leave(name: string, owner: string): Promise<void> {
  await rm(at(name), { recursive: true, force: true });
  await mkdir(at(name), { recursive: true });
  await writeFile(at(name, 'owner'), owner);
}

describe('a lock of a process', () => {
  it('is of one at a time, and leaves nothing', async () => {
    const letGo = await take('plain/lock');
    await expect(take('plain/lock')).rejects.toEqual(new Busy(process.pid));
    expect(await readdir(at('plain'))).toEqual(['lock']);
    await letGo();
    const next = await take('plain/lock');
    // Who has let go has no say any more.
    await letGo();
    await expect(take('plain/lock')).rejects.toBeInstanceOf(Busy);
    await next();
    expect(await readdir(at('plain'))).toEqual([]);
  });

  it.each([
    ['is dead', '4194305 1'],
    ['is dead, and its number another process has', `${process.pid} 1`],
    ['is nobody', ''],
  ])('is taken over from one that %s', async (_, owner) => {
    await leave('dead', owner);
    const letGo = await take('dead');
    expect((await readFile(at('dead', 'owner'), 'utf8')).split(' ')[0]).toBe(String(process.pid));
    await letGo();
  });

  it('goes to one of many who find it dead at once', async () => {
    for (let round = 0; round < 20; round++) {
      await leave('many', '4194305 1');
      const answers = await Promise.allSettled(Array.from({ length: 12 }, () => take('many')));
      const taken = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      expect(taken).toHaveLength(1);
      for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(Busy);
      await taken[0]!();
    }
  });

  it('goes with its process, however that ends', async () => {
    const program = at('holder.mjs');
    const lock = new URL('../dist/process-lock.js', import.meta.url);
    await writeFile(
      program,
      `import { takeProcessLock } from '${lock.href}';
       await takeProcessLock(process.argv[2], () => new Error('busy'));
       process.send('taken');
       process.on('message', () => process.exit());`,
    );
    for (const end of ['exit', 'kill'] as const) {
      const child = fork(program, [at('theirs', end)], { execArgv: [] });
      await once(child, 'message');
      await expect(take(`theirs/${end}`)).rejects.toEqual(new Busy(child.pid!));
      const gone = once(child, 'exit');
      if (end === 'kill') child.kill('SIGKILL');
      else child.send('end');
      await gone;
      expect(await readdir(at('theirs'))).toEqual(end === 'kill' ? ['kill'] : []);
      await (
        await take(`theirs/${end}`)
      )();
    }
  });

  it('cannot be where nothing can be made', async () => {
    await expect(takeProcessLock('/proc/x/lock', () => new Error('busy'))).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(at('file'), '');
    await expect(take('file/lock')).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(take('file')).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
