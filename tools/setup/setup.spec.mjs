import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { SetupError } from './failure.mjs';
import { runSteps } from './setup.mjs';
import { plan } from './start.mjs';

let cache;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'kinemacolor-setup-'));
});
afterEach(async () => {
  await rm(cache, { recursive: true });
});

const context = () => ({ root: cache, cache, signal: new AbortController().signal });

function recorder() {
  const said = [];
  return {
    said,
    inPlace: (name) => said.push(`in place: ${name}`),
    begin: (name) => (text) => said.push(`${name}: ${text}`),
    done: (name) => said.push(`done: ${name}`),
    doneWithout: (name, error) => said.push(`without: ${name}: ${error.message} → ${error.cure}`),
    failed: (name, error) => said.push(`failed: ${name}: ${error.message} → ${error.cure}`),
  };
}

/** A step that is a switch: off, until it is provided. */
function toggle(name, provide) {
  let on = false;
  return {
    name,
    cure: `mend ${name}`,
    check: () => Promise.resolve({ ok: on, detail: on ? 'on' : 'off' }),
    provide: async (at) => {
      on = (await provide?.(at)) ?? true;
    },
  };
}

test('provides what is missing once, and is silent work the second time', async () => {
  const steps = [toggle('a'), toggle('b', ({ say }) => void say('fetching'))];
  const first = recorder();
  await runSteps(steps, context(), first);
  expect(first.said).toEqual(['done: a', 'b: fetching', 'done: b']);
  const second = recorder();
  await runSteps(steps, context(), second);
  expect(second.said).toEqual(['in place: a', 'in place: b']);
});

test('two runs at once provide it once', async () => {
  let times = 0;
  const step = toggle('a', async () => {
    times++;
  });
  await Promise.all([runSteps([step], context(), recorder()), runSteps([step], context(), recorder())]);
  expect(times).toBe(1);
});

test('a failing step stops the rest, with its reason and cure', async () => {
  const shown = recorder();
  const failing = toggle('a', () => Promise.reject(new SetupError('no network', 'plug it in')));
  await expect(runSteps([failing, toggle('b')], context(), shown)).rejects.toThrow('no network');
  expect(shown.said).toEqual(['failed: a: no network → plug it in']);
});

test('a failing step that is optional is told with its reason and cure, and the rest goes on', async () => {
  const shown = recorder();
  const failing = toggle('a', () => Promise.reject(new SetupError('no network', 'plug it in')));
  await runSteps([{ ...failing, optional: true }, toggle('b')], context(), shown);
  expect(shown.said).toEqual(['without: a: no network → plug it in', 'done: b']);
});

test('an optional step that is interrupted stops the rest', async () => {
  const shown = recorder();
  const abort = new AbortController();
  const interrupted = toggle('a', () => {
    abort.abort();
    return Promise.reject(new Error('killed'));
  });
  const running = runSteps(
    [{ ...interrupted, optional: true }, toggle('b')],
    { ...context(), signal: abort.signal },
    shown,
  );
  await expect(running).rejects.toMatchObject({ code: 'interrupted' });
  expect(shown.said).toHaveLength(1);
});

test('a step that claims to have provided what is not there fails', async () => {
  const shown = recorder();
  await expect(runSteps([toggle('a', () => false)], context(), shown)).rejects.toThrow('not there: off');
  expect(shown.said[0]).toContain('→ mend a');
});

test('npm start: the sample without arguments, else the film, with results named after it', () => {
  expect(plan([], '/o')).toMatchObject({ isSample: true, film: '/o/sample-bw.mp4', colour: '/o/sample-colour.mp4' });
  expect(plan(['films/old one.mkv', '--crf', '20'], '/o')).toEqual({
    film: 'films/old one.mkv',
    isSample: false,
    colour: '/o/old one-colour.mkv',
    compare: '/o/old one-side-by-side.png',
    more: ['--crf', '20'],
  });
});
