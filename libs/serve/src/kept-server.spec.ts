import { stat } from 'node:fs/promises';
import path from 'node:path';
import { connectNats, StreamingError } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { keepServer, type KeptServer } from './kept-server.js';
import { readNatsUrl } from './nats-url.js';

const folder = path.join(scratchDir(), 'data');
let server: KeptServer;
let crashes = 0;
beforeAll(async () => {
  server = await keepServer(folder, () => crashes++);
});
afterAll(() => server.stop());

const connect = async (url: string): Promise<void> => {
  const connection = await connectNats({ servers: [url], name: 'test' });
  await connection.close();
};
const withoutLogin = (): string => server.url.replace(/\/\/.*@/, '//');
const mode = async (name: string): Promise<number> => (await stat(path.join(folder, name))).mode & 0o777;

describe('NATS of one’s own', () => {
  it('lets in nobody without the password, which only its user can read', async () => {
    await connect(server.url);
    const refused = connect(withoutLogin());
    await expect(refused).rejects.toThrow(StreamingError);
    await expect(refused).rejects.toThrow(/It wants credentials/);
    await expect(connect(withoutLogin().replace('//', '//kinemacolor:guessed@'))).rejects.toThrow(/It refuses these/);
    expect([await mode('.'), await mode('nats-url'), await mode('nats.conf')]).toEqual([0o700, 0o600, 0o600]);
  });

  it('tells other commands of that user where it is', async () => {
    expect(await readNatsUrl(folder)).toBe(server.url);
    expect(await readNatsUrl(path.join(folder, 'none'))).toBeUndefined();
  });

  it('has the same address and password after a crash, and another password after a stop', async () => {
    const before = server.url;
    process.kill(server.pid, 'SIGKILL');
    await expect.poll(() => crashes).toBe(1);
    await connect(before);
    await server.stop();
    expect(await readNatsUrl(folder)).toBeUndefined();
    server = await keepServer(folder, () => crashes++);
    expect(new URL(server.url).password).not.toBe(new URL(before).password);
    expect(new URL(server.url).password).toMatch(/^[\w-]{43}$/);
  });
});
