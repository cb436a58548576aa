import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it } from 'vitest';
import { answers } from './answers.js';
import { connectNats } from './connect.js';
import { startNatsServer } from './server/nats-server.js';

it('tells a server that answers from one that hangs, one that is gone, and a connection that is closed', async () => {
  const server = await startNatsServer({ folder: path.join(scratchDir(), 'nats') });
  const connection = await connectNats({ servers: [server.url], name: 'test' });
  await expect.poll(() => answers(connection)).toBe(true);
  process.kill(server.pid, 'SIGSTOP');
  expect(await answers(connection, 300)).toBe(false);
  process.kill(server.pid, 'SIGCONT');
  await expect.poll(() => answers(connection)).toBe(true);
  await server.stop();
  await expect.poll(() => answers(connection)).toBe(false);
  await connection.close();
  expect(await answers(connection)).toBe(false);
});
