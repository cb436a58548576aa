import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it } from 'vitest';

import { openBus } from './bus.js';
import { findNatsServer } from './server/find-nats-server.js';

it('a server without JetStream is told of in plain words', async () => {
  const folder = scratchDir();
  const config = path.join(folder, 'nats.conf');
  await writeFile(config, `host: 127.0.0.1\nport: -1\nports_file_dir: ${JSON.stringify(folder)}\n`);
  const server = spawn(await findNatsServer(), ['--config', config], { stdio: 'ignore' });
  try {
    const ports = async (): Promise<string | undefined> =>
      (await readdir(folder)).find((name) => name.endsWith('.ports'));
    await expect.poll(ports, { timeout: 15_000 }).toBeDefined();
    const [url] = /nats:\/\/[\d.:]+/.exec(await readFile(path.join(folder, (await ports())!), 'utf8'))!;
    const opening = openBus({ servers: [url.replace('://', '://films:secret@')], name: 'test', patienceMs: 500 });
    await expect(opening).rejects.toMatchObject({
      code: 'NOT_CONNECTED',
      message: `NATS at ${url} has no JetStream for us. Start it with JetStream (nats-server --jetstream), or give our account some.`,
    });
  } finally {
    const gone = once(server, 'close');
    server.kill();
    await gone;
  }
});
