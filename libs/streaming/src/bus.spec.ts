import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it } from 'vitest';

import { openBus } from './bus.js';
import { startNatsServer } from './server/nats-server.js';
import { findNatsServer } from './server/find-nats-server.js';

/** A server of one's own with these lines of configuration. */
async function withServer(lines: string, use: (url: string) => Promise<void>): Promise<void> {
  const folder = scratchDir();
  const config = path.join(folder, 'nats.conf');
  const place = JSON.stringify(folder);
  await writeFile(config, `host: 127.0.0.1\nport: -1\nports_file_dir: ${place}\n${lines}\n`);
  const server = spawn(await findNatsServer(), ['--config', config, '--store_dir', folder], { stdio: 'ignore' });
  try {
    const ports = async (): Promise<string | undefined> =>
      (await readdir(folder)).find((name) => name.endsWith('.ports'));
    await expect.poll(ports, { timeout: 15_000 }).toBeDefined();
    const [url] = /nats:\/\/[\d.:]+/.exec(await readFile(path.join(folder, (await ports())!), 'utf8'))!;
    await use(url);
  } finally {
    const gone = once(server, 'close');
    server.kill();
    await gone;
  }
}

it('a server without JetStream is told of in plain words', () =>
  withServer('', async (url) => {
    const opening = openBus({ servers: [url.replace('://', '://films:secret@')], name: 'test', patienceMs: 500 });
    await expect(opening).rejects.toMatchObject({
      code: 'NOT_CONNECTED',
      message: `NATS at ${url} has no JetStream for us. Start it with JetStream (nats-server --jetstream), or give our account some.`,
    });
  }));

it('a server with too little room is told of with the settings and what they ask for', async () => {
  const server = await startNatsServer({ folder: path.join(scratchDir(), 'nats') });
  try {
    const streams = { fileBytes: 2 ** 50, memoryBytes: 2 ** 26 };
    await expect(openBus({ servers: [server.url], name: 'test', streams })).rejects.toMatchObject({
      name: 'ConfigError',
      problems: [expect.stringMatching(/^KINEMACOLOR_FILE_BYTES=1125899906842624, KINEMACOLOR_MEMORY_BYTES=67108864: .*3145729\.1 GiB of disk and 0\.1 GiB of memory.*"insufficient storage resources available"/)] as unknown[], // prettier-ignore
    });
  } finally {
    await server.stop();
  }
});

it('a server with room for the streams once is enough for all services, those that start at the same time too', async () => {
  const file = 3 * 2 ** 26 + 2 ** 30 + 2 * 2 ** 26;
  await withServer(`jetstream: { max_file_store: ${file}, max_memory_store: ${2 * 2 ** 26} }`, async (url) => {
    const open = async (memoryBytes = 2 ** 26): Promise<void> => {
      const streams = { fileBytes: 2 ** 26, memoryBytes };
      const { connection } = await openBus({ servers: [url], name: 'test', streams });
      await connection.close();
    };
    await Promise.all([open(), open(), open()]);
    await open();
    // Settings that have changed are taken over all the same.
    await open(2 ** 25);
    await open();
  });
});

it('a server that goes while the streams are made is told of as one that is not there', async () => {
  const server = await startNatsServer({ folder: path.join(scratchDir(), 'nats') });
  const sockets: Socket[] = [];
  // A wire to it that is cut for good once the first stream is wanted.
  const wire = createServer((near) => {
    const far = connect(Number(new URL(server.url).port), '127.0.0.1');
    sockets.push(near, far);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    far.pipe(near);
    near.on('data', (data) => {
      if (data.includes('STREAM.CREATE')) {
        wire.close();
        for (const socket of sockets) socket.destroy();
      } else far.write(data);
    });
  }).listen(0, '127.0.0.1');
  await once(wire, 'listening');
  const url = `nats://127.0.0.1:${(wire.address() as AddressInfo).port}`;
  const opening = openBus({ servers: [url], name: 'test', patienceMs: 100 });
  await expect(opening).rejects.toMatchObject({
    code: 'NOT_CONNECTED',
    message: expect.stringContaining(`No connection to NATS at ${url} any more: `) as string,
  });
  await server.stop();
}, 30_000);
