import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { run } from './run.mjs';

const node = (script) => [process.execPath, ['-e', script]];

test('gives what the command wrote', async () => {
  expect(await run(...node('console.log("yes"); console.error("aside")'))).toBe('yes\n');
});

test('a failure has the exit code, the last lines and the cure', async () => {
  const failing = run(...node('console.error("because of this"); process.exit(3)'), { cure: 'do that' });
  const expected = { message: expect.stringMatching(/exit code 3[^]*because of this/), cure: 'do that' };
  await expect(failing).rejects.toMatchObject(expected);
});

test('death by a signal is a failure', async () => {
  const killed = run(...node('process.kill(process.pid, "SIGKILL")'));
  await expect(killed).rejects.toThrow('was killed by SIGKILL');
});

test('a command that is not there is named', async () => {
  await expect(run('no-such-command-here', [])).rejects.toThrow('There is no command `no-such-command-here`');
});

test.runIf(process.platform === 'linux')('an abort ends the command and its children', async () => {
  const abort = new AbortController();
  let grandchild = 0;
  const script = `const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    console.log(c.pid); setInterval(() => {}, 1000);`;
  const running = run(...node(script), {
    signal: abort.signal,
    onLine: (line) => {
      grandchild = Number(line);
      abort.abort();
    },
  });
  await expect(running).rejects.toMatchObject({ code: 'interrupted' });
  // The signal is sent; when it meets the grandchild is up to the machine.
  await expect.poll(() => runs(grandchild)).toBe(false);
});

/** A process that has ended may wait as a zombie for its parent to take notice. */
function runs(pid) {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // ESRCH: it went between the opening and the reading.
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return false;
    throw error;
  }
}
