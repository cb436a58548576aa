import { afterEach, expect, it } from 'vitest';
import { openHealth, type Health } from './health.js';

let health: Health | undefined;
afterEach(() => health?.close());
const open = async (address?: string): Promise<Health> => (health = await openHealth(address));

async function ask(path: string, method = 'GET'): Promise<string> {
  const response = await fetch(`http://${health!.address}${path}`, { method });
  return `${response.status} ${await response.text()}`.trim();
}

it('is live from the beginning, and ready while the service can work', async () => {
  const { address, ...tell } = await open('127.0.0.1:0');
  expect(address).toMatch(/^127\.0\.0\.1:[1-9]/);
  expect(await ask('/live')).toBe('200 live');
  expect(await ask('/ready')).toBe('503 starting');
  let answers = true;
  tell.started(() => Promise.resolve(answers));
  expect(await ask('/ready')).toBe('200 ready');
  answers = false;
  expect(await ask('/ready')).toBe('503 what it needs does not answer');
  tell.started(() => Promise.reject(new Error('gone')));
  expect(await ask('/ready')).toBe('503 what it needs does not answer');
  tell.draining();
  expect(await ask('/ready')).toBe('503 draining');
  expect(await ask('/live')).toBe('200 live');
});

it('answers nothing else', async () => {
  await open('[::1]:0').catch(() => open('127.0.0.1:0'));
  expect(await ask('/')).toBe('404 /live or /ready');
  expect(await ask('/ready', 'POST')).toBe('405 GET or HEAD');
  expect(await ask('/ready', 'HEAD')).toBe('503');
});

it('listens nowhere unless it is told to, and says where it cannot', async () => {
  expect((await open()).address).toBeUndefined();
  const { address } = await open('127.0.0.1:0');
  await expect(openHealth(address)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
