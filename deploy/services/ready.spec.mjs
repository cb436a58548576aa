import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { afterEach, expect, it } from 'vitest';

import { openHealth } from '../../libs/lifecycle/src/health.ts';

const program = fileURLToPath(new URL('ready.mjs', import.meta.url));
let health;
afterEach(() => health?.close());

/** @returns {Promise<string>} exit code, and what it said */
const ask = (address) =>
  new Promise((resolve) => {
    const env = { ...process.env, KINEMACOLOR_HEALTH: address };
    execFile(process.execPath, [program], { env }, (error, words) => resolve(`${error?.code ?? 0} ${words.trim()}`));
  });

it('says what the service says, by its exit code too', async () => {
  // As in a container: it listens everywhere, and is asked on loopback.
  health = await openHealth('0.0.0.0:0');
  expect(await ask(health.address)).toBe('1 starting');
  health.started(() => Promise.resolve(true));
  expect(await ask(health.address)).toBe('0 ready');
  await health.close();
  expect(await ask(health.address)).toMatch(/^1 It does not answer: /);
  health = undefined;
});
