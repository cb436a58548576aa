import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

const WRAPPER = fileURLToPath(new URL('until-finished.mjs', import.meta.url));

/** Runs the wrapper around a program, and sends it a signal once the program has printed its first line. */
async function run(program, { signal } = {}) {
  const command = Array.isArray(program) ? program : [process.execPath, '-e', program];
  const wrapper = spawn(process.execPath, [WRAPPER, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let sent = false;
  for (const stream of [wrapper.stdout, wrapper.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      if (signal !== undefined && !sent && output.includes('\n')) {
        sent = true;
        wrapper.kill(signal);
      }
    });
  }
  const [code, by] = await new Promise((resolve, reject) => {
    wrapper.once('error', reject);
    wrapper.once('close', (...end) => resolve(end));
  });
  return { code, by, output };
}

/** As the trainer: it finishes the step it is in, saves, and ends with what is given. */
const saves = (signal, code) => `
  const work = setInterval(() => {}, 1000);
  process.on('${signal}', () => { clearInterval(work); console.log('saved'); process.exitCode = ${code}; });
  console.log('training');`;

test.each([0, 1, 9])('a command that ends by itself ends with its own code, %i', async (code) => {
  expect(await run(`console.log('done'); process.exitCode = ${code};`)).toMatchObject({ code, output: 'done\n' });
});

test('a command that SIGTERM stopped, and that says 0, is not finished: 143', async () => {
  const stopped = await run(saves('SIGTERM', 0), { signal: 'SIGTERM' });
  expect(stopped).toEqual({ code: 143, by: null, output: 'training\nsaved\n' });
});

test('a command that SIGTERM ended at once is not finished either', async () => {
  expect(await run(`console.log('starting'); setInterval(() => {}, 1000);`, { signal: 'SIGTERM' })).toMatchObject({
    code: 143,
  });
});

test('a command that failed to save when it was told to stop has failed', async () => {
  expect(await run(saves('SIGTERM', 1), { signal: 'SIGTERM' })).toMatchObject({ code: 1 });
});

test('Ctrl-C keeps the code of the command', async () => {
  expect(await run(saves('SIGINT', 130), { signal: 'SIGINT' })).toMatchObject({ code: 130 });
});

test('a command that was killed ends as a shell tells it: memory that ran out is 137', async () => {
  expect(await run(`process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`)).toMatchObject({ code: 137 });
});

test('says what cannot be run, and how it is used', async () => {
  const none = await run(['no-such-trainer', 'config.json']);
  expect(none.code).toBe(127);
  expect(none.output).toMatch(/^no-such-trainer cannot be run: .*ENOENT\n$/);
  expect(await run([])).toMatchObject({ code: 2, output: expect.stringContaining('usage') });
});
