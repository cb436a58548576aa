import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isRunning } from '@kinemacolor/config';
import { connectNats, startNatsServer } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { afterEach, expect, it } from 'vitest';

import { ownFolder } from './folder-owner.js';
import { keepServer } from './kept-server.js';

const KEEPER = new URL('../dist/testing/keeper-main.js', import.meta.url);
const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);

const started: { child: ChildProcess; nats: number }[] = [];
async function keepElsewhere(name: string): Promise<{ child: ChildProcess; nats: number }> {
  const child = fork(KEEPER, [at(name)], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [nats] = (await once(child, 'message')) as [number];
  started.push({ child, nats });
  return { child, nats };
}
afterEach(() => {
  for (const { child, nats } of started.splice(0)) {
    child.kill('SIGKILL');
    if (isRunning(nats)) process.kill(nats, 'SIGKILL');
  }
});

it('a NATS server that outlived whoever kept it is ended by the next one, which has what it kept', async () => {
  const { child, nats } = await keepElsewhere('left');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isRunning(nats)).toBe(true);
  const server = await keepServer(at('left'), () => undefined);
  expect(isRunning(nats)).toBe(false);
  const connection = await connectNats({ servers: [server.url], name: 'test' });
  await connection.close();
  await server.stop();
});

it('a folder that another process uses is left to it', async () => {
  const { child, nats } = await keepElsewhere('taken');
  const busy = { code: 'BUSY', message: expect.stringContaining(`process ${child.pid})`) as string };
  await expect(keepServer(at('taken'), () => undefined)).rejects.toMatchObject(busy);
  expect(isRunning(nats)).toBe(true);
});

it('a server that nobody of ours kept is not ended', async () => {
  const other = await startNatsServer({ folder: at('other') });
  // As if a folder had been moved: the number is that of a server, but of one that works elsewhere.
  await ownFolder(at('moved')).then((letGo) => letGo());
  await writeFile(at('moved/nats.pid'), String(other.pid));
  await expect(keepServer(at('moved'), () => undefined)).rejects.toMatchObject({ code: 'BUSY' });
  expect(isRunning(other.pid)).toBe(true);
  await other.stop();
});
