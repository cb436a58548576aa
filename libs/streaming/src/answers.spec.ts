import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it } from 'vitest';
import { answers } from './answers.js';
import { connectNats } from './connect.js';
import { startNatsServer } from './server/nats-server.js';

/** One answer may take all of its 2 s: a poll needs longer. */
const patience = { timeout: 10_000 };

it('tells a server that answers from one that hangs, one that is gone, and a connection that is closed', async () => {
  const server = await startNatsServer({ folder: path.join(scratchDir(), 'nats') });
  const connection = await connectNats({ servers: [server.url], name: 'test' });
  await expect.poll(() => answers(connection), patience).toBe(true);
  process.kill(server.pid, 'SIGSTOP');
  // A signal to a process with threads stops them one after another: on a busy machine one still answers.
  await expect.poll(() => answers(connection, 300), patience).toBe(false);
  process.kill(server.pid, 'SIGCONT');
  await expect.poll(() => answers(connection), patience).toBe(true);
  await server.stop();
  await expect.poll(() => answers(connection), patience).toBe(false);
  await connection.close();
  expect(await answers(connection)).toBe(false);
});
