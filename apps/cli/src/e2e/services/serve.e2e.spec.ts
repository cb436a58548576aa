import path from 'node:path';
import { openModelRecords } from '@kinemacolor/jobs';
import { readNatsUrl } from '@kinemacolor/serve';
import { connectNats } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it, vi } from 'vitest';
import { runCli, startCli, tinyModel } from '../run-cli.js';

it('kinemacolor serve shows no password, lets nobody else into its NATS, and is found by models publish', async () => {
  const folder = scratchDir();
  const data = path.join(folder, 'data');
  const model = await tinyModel(folder);
  // Small limits, so that a server on a small machine takes them.
  vi.stubEnv('KINEMACOLOR_FILE_BYTES', String(2 ** 29));
  vi.stubEnv('KINEMACOLOR_MEMORY_BYTES', String(2 ** 27));
  // What is set for other servers is not for its own.
  vi.stubEnv('KINEMACOLOR_NATS_CA', path.join(folder, 'none.pem'));
  let password = 'none yet';
  const { child, ended } = startCli(['serve', '--data', data, '--listen', '127.0.0.1:0', '--model', model]);
  try {
    let words = '';
    child.stderr!.on('data', (chunk: Buffer) => (words += chunk.toString()));
    await expect.poll(() => words, { timeout: 60_000 }).toMatch(/ready at .*\n/);
    const [, shown] = /ready at \S+, NATS at (nats:\/\/127\.0\.0\.1:\d+)\n/.exec(words)!;
    const url = await readNatsUrl(data);
    ({ password } = new URL(url!));
    expect(url!.replace(/\/\/.*@/, '//')).toBe(shown);

    const published = await runCli(['models', 'publish', model, '--data', data, '--name', 'other']);
    expect(published.stderr).toBe('');
    expect(published.stdout.toString()).toMatch(/^other\ttest-[0-9a-f]+\tis served/);
    const connection = await connectNats({ servers: [url!], name: 'test' });
    expect(await (await openModelRecords(connection)).get('other')).toMatchObject({ name: 'other' });
    await connection.close();

    vi.stubEnv('KINEMACOLOR_NATS_CA', '');
    const stranger = await runCli(['models', 'publish', model, '--data', path.join(folder, 'none'), '--nats', shown!]);
    expect(stranger.stderr).toMatch(/^kinemacolor: No connection to NATS at .*: It wants credentials\..*\n$/);
    expect(stranger.code).toBe(10);
  } finally {
    child.kill('SIGINT');
    vi.unstubAllEnvs();
  }
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).not.toContain(password);
  expect(await readNatsUrl(data)).toBeUndefined();
}, 120_000);

it('kinemacolor serve can be stopped while it starts', async () => {
  const folder = scratchDir();
  const data = path.join(folder, 'data');
  const { child, ended } = startCli(['serve', '--data', data, '--listen', '127.0.0.1:0', '--model', await tinyModel(folder)]); // prettier-ignore
  child.stderr!.once('data', () => child.kill('SIGINT'));
  const { code, stderr } = await ended;
  expect(stderr).toBe('kinemacolor: starting …\n');
  expect(code).toBe(0);
  expect(await readNatsUrl(data)).toBeUndefined();
}, 60_000);
