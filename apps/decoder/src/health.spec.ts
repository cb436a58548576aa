import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { supervise } from '@kinemacolor/lifecycle';
import { startNatsServer } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it } from 'vitest';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

it('is ready while NATS answers, live all the time, and neither once it has ended', async () => {
  const folder = path.join(scratchDir(), 'nats');
  const [healthPort, port] = [await freePort(), await freePort()];
  const ask = async (what: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${healthPort}/${what}`).catch(() => undefined))?.status ?? 0;

  const first = await startNatsServer({ folder, port });
  const env = {
    ...process.env,
    KINEMACOLOR_NATS: first.url,
    KINEMACOLOR_HEALTH: `127.0.0.1:${healthPort}`,
    KINEMACOLOR_FILE_BYTES: String(2 ** 28),
    KINEMACOLOR_MEMORY_BYTES: String(2 ** 26),
  };
  const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const decoder = await supervise({ name: 'decoder', program, env: () => env });
  await decoder.ready();
  await expect.poll(() => ask('ready')).toBe(200);

  await first.stop();
  await expect.poll(() => ask('ready'), { timeout: 20_000 }).toBe(503);
  expect(await ask('live')).toBe(200);

  const second = await startNatsServer({ folder, port });
  await expect.poll(() => ask('ready'), { timeout: 20_000 }).toBe(200);

  await decoder.stop();
  expect(await ask('live')).toBe(0);
  await second.stop();
});
