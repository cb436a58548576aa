import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

import { checkSettings } from './check-settings.js';
import { StartFailed } from './start-failed.js';
import { supervise } from './supervise.js';

const program = fileURLToPath(new URL('../dist/testing/failing-main.js', import.meta.url));
const start = (env: Record<string, string>): ReturnType<typeof supervise> =>
  supervise({ name: 'service-1', program, env: () => ({ ...process.env, ...env }) });

it('hands over why a service cannot start, with the kind of its error', async () => {
  const error: unknown = await start({ TEST_FAIL: 'kind' }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StartFailed);
  expect(error).toMatchObject({
    message: 'service-1 cannot start: Not today. Come back tomorrow.',
    failure: { error: 'TestError', code: 'NOT_TODAY', message: 'Not today. Come back tomorrow.' },
  });
});

it('throws wrong settings as what they are, whenever the service noticed them', async () => {
  await expect(start({ TEST_FAIL: 'so', TEST_COUNT: 'many' })).rejects.toMatchObject({
    name: 'ConfigError',
    problems: [expect.stringMatching(/^TEST_FAIL=so: /), expect.stringMatching(/^TEST_COUNT=many: /)] as unknown[],
  });
  await expect(start({ TEST_FAIL: 'settings' })).rejects.toMatchObject({
    name: 'ConfigError',
    problems: ['TEST_FAIL: does not please', 'TEST_COUNT: nor this'],
  });
});

it('a service can be asked whether its settings are right, without starting it', async () => {
  const check = (env: Record<string, string>): Promise<void> =>
    checkSettings({ name: 'service-1', program, env: { ...process.env, ...env } });
  await expect(check({ TEST_COUNT: 'many' })).rejects.toMatchObject({ name: 'ConfigError', problems: [expect.stringMatching(/^TEST_COUNT=many: /)] as unknown[] }); // prettier-ignore
  // It would say so if it were started.
  await check({ TEST_FAIL: 'kind', TEST_COUNT: '2' });
});

it('tells of a service that ended without a word', async () => {
  await expect(start({ TEST_FAIL: 'word' })).rejects.toThrow('service-1 ended with exit code 3 before it was ready.');
});

it('has patience with one that has said that its start may take long, and else says what can be done', async () => {
  // Only the start takes long: the process itself must be there within the patience, also on a busy machine.
  const env = { ...process.env, TEST_START_MS: '12000' };
  const slow = (more: Record<string, string>): ReturnType<typeof supervise> =>
    supervise({ name: 'service-1', program, env: () => ({ ...env, ...more }), patienceMs: 8_000 });
  const [unannounced, announced, tooSlow] = await Promise.allSettled([
    slow({}),
    slow({ TEST_SLOW_MS: '60000' }),
    slow({ TEST_SLOW_MS: '1' }),
  ]);
  expect(announced).toMatchObject({ status: 'fulfilled' });
  if (announced.status === 'fulfilled') await announced.value.stop();
  const words = 'Look into its log; try again when the machine has less to do';
  expect(unannounced).toMatchObject({ reason: { message: `service-1 was not ready after 8 s. ${words}.` } });
  expect(tooSlow).toMatchObject({
    reason: { message: `service-1 was not ready after 8.001 s. ${words}, or allow more time with TEST_SLOW_MS.` },
  });
}, 40_000);

it('starts one again that ended later, and says why it cannot start any more', async () => {
  const told: string[] = [];
  const env = { ...process.env, TEST_FAIL: 'never' };
  const child = await supervise({ name: 'service-1', program, env: () => env, onCrash: (how) => told.push(how) });
  env.TEST_FAIL = 'kind';
  process.kill(child.pid!, 'SIGKILL');
  // It is tried again, and may say so again.
  await expect.poll(() => told.slice(0, 2)).toEqual(['SIGKILL', 'Not today. Come back tomorrow.']);
  env.TEST_FAIL = 'never';
  await expect.poll(() => child.ready().then(() => child.pid)).toBeTypeOf('number');
  await child.stop();
});

async function lastWords(child: ChildProcess): Promise<{ code: number; words: string }> {
  let words = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (words += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, words };
}
const alone = (env: Record<string, string>): Promise<{ code: number; words: string }> =>
  lastWords(
    spawn(process.execPath, [program], { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] }),
  );

it('a service that nobody has started says it itself: wrong settings plainly, the rest in its log', async () => {
  const settings = await alone({ TEST_FAIL: 'settings' });
  expect(settings).toEqual({ code: 2, words: '2 settings are wrong:\n  TEST_FAIL: does not please\n  TEST_COUNT: nor this\n' }); // prettier-ignore
  const { code, words } = await alone({ TEST_FAIL: 'kind' });
  expect([code, words.trim().split('\n').length]).toEqual([1, 1]);
  expect(JSON.parse(words)).toMatchObject({ level: 'error', service: 'failing', code: 'NOT_TODAY' });
  expect(await alone({ TEST_FAIL: 'later' })).toMatchObject({ code: 1 });
});

it('a service that cannot start ends, though it has something open', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const env = { ...process.env, TEST_FAIL: 'kind', TEST_PORT: String((server.address() as AddressInfo).port) };
  const child = fork(program, { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const [message] = (await once(child, 'message')) as [unknown];
  expect(message).toMatchObject({ kind: 'failed', name: 'failing' });
  // Told, so not logged as well.
  expect(await lastWords(child)).toEqual({ code: 1, words: '' });
  // Nor does what fails later on.
  expect(await alone({ TEST_FAIL: 'later', TEST_PORT: env.TEST_PORT })).toMatchObject({ code: 1 });
  server.close();
});

it('ends when it has drained, though something is left open, and says what', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const env = { ...process.env, TEST_PORT: String((server.address() as AddressInfo).port) };
  const child = fork(program, { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  await once(child, 'message');
  child.kill('SIGTERM');
  const { code, words } = await lastWords(child);
  expect(code).toBe(0);
  expect(JSON.parse(words.trim().split('\n').at(-1)!)).toMatchObject({
    level: 'warn',
    open: expect.arrayContaining(['TCPSocketWrap']) as unknown,
  });
  server.close();
});

it('kills one that is stuck when it is stopped, but not before its grace is over', async () => {
  const child = await start({ TEST_FAIL: 'stuck', KINEMACOLOR_GRACE_SECONDS: '1' });
  const began = performance.now();
  await child.stop();
  expect(performance.now() - began).toBeGreaterThan(1_000);
  expect(child.pid).toBeUndefined();
}, 30_000);
