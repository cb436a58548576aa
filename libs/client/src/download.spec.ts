import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient, partPath, type Client } from './index.js';
import { startTestService, turned, type TestService } from './testing/index.js';

const FILM = randomBytes(2 ** 21 + 17);
const folder = scratchDir();
let service: TestService;
let client: Client;
beforeAll(async () => {
  service = await startTestService();
  client = openClient({ address: service.address });
});
afterAll(() => {
  client.close();
  service.close();
});

async function coloured(): Promise<string> {
  const { id } = await client.jobs.submit(FILM);
  await client.jobs.wait(id);
  return id;
}

describe('a download to a file', () => {
  it('is alone with its file: another one is refused, and the film is whole', async () => {
    const id = await coloured();
    const out = path.join(folder, 'two.mkv');
    const other = openClient({ address: service.address });
    let second: Promise<unknown> | undefined;
    const onProgress = (): void => {
      second ??= other.jobs.download(id, out).catch((error: unknown) => error);
    };
    await client.jobs.download(id, out, { onProgress });
    expect(await second).toMatchObject({ code: 'ABORTED', jobId: id });
    expect((await readFile(out)).equals(turned(FILM))).toBe(true);
    // The name is free again, also for the same job.
    await other.jobs.download(id, out);
    expect((await readFile(out)).equals(turned(FILM))).toBe(true);
    other.close();
  });

  it('is alone with its file against another process, until that one ends in whatever way', async () => {
    const id = await coloured();
    const out = path.join(folder, 'killed.mkv');
    const program = path.join(folder, 'holder.mjs');
    const lock = new URL('../dist/part-lock.js', import.meta.url);
    await writeFile(
      program,
      `import { lockPart } from '${lock.href}';
       await lockPart(process.argv[2], process.argv[3]);
       process.send('taken');
       setInterval(() => undefined, 1000);`,
    );
    // Another path of the same folder.
    await symlink(folder, path.join(folder, 'same'));
    const holder = fork(program, [path.join(folder, 'same', 'killed.mkv'), id], { execArgv: [] });
    await once(holder, 'message');
    await expect(client.jobs.download(id, out)).rejects.toMatchObject({ code: 'ABORTED' });
    const gone = once(holder, 'exit');
    holder.kill('SIGKILL');
    await gone;
    await client.jobs.download(id, out);
    expect((await readFile(out)).equals(turned(FILM))).toBe(true);
  });

  it('that something else wrote to as well is no result', async () => {
    const id = await coloured();
    const out = path.join(folder, 'mixed.mkv');
    await writeFile(out, 'an earlier film');
    let added = false;
    const onProgress = (): void => {
      if (added) return;
      added = true;
      appendFileSync(partPath(out, id), FILM.subarray(0, 7));
    };
    // Gone on with, a part is written at its end, wherever that is by then.
    await writeFile(partPath(out, id), turned(FILM.subarray(0, 1000)));
    await expect(client.jobs.download(id, out, { onProgress })).rejects.toMatchObject({ code: 'DATA_LOSS' });
    expect(await readFile(out, 'utf8')).toBe('an earlier film');
    expect(await readdir(folder)).not.toContain(path.basename(partPath(out, id)));
  });
});
