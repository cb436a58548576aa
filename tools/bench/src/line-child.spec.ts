import { expect, test } from 'vitest';
import { BenchError } from './bench-error.js';
import { LineChild } from './line-child.js';

const ECHO = `
  console.log('{"ready":1}');
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const message = JSON.parse(line);
    if (message.die) { console.error('the reason'); process.exit(3); }
    if (message.babble) console.log('not json'); else console.log(JSON.stringify({ got: message }));
  });`;
const start = (): ReturnType<typeof LineChild.start> => LineChild.start('Echo', process.execPath, ['-e', ECHO]);

test('requests are answered in turn, and closing ends the process', async () => {
  const { child, first } = await start();
  expect(first).toEqual({ ready: 1 });
  expect(await child.request({ a: 1 })).toEqual({ got: { a: 1 } });
  expect(await child.request({ a: 2 })).toEqual({ got: { a: 2 } });
  await child.close();
  await child.close();
  await expect(child.request({ a: 3 })).rejects.toThrow(BenchError);
});

test('a process that dies fails the request with what it said', async () => {
  const { child } = await start();
  await expect(child.request({ die: true })).rejects.toThrow(/Echo ended \(3\):\nthe reason/);
  await child.close();
});

test('an answer that is not JSON, and a second request at once, are errors', async () => {
  const { child } = await start();
  await expect(child.request({ babble: true })).rejects.toThrow('not json');
  const first = child.request({ a: 1 });
  await expect(child.request({ a: 2 })).rejects.toThrow('busy');
  await first;
  await child.close();
});

test('a program that is not there is an error, not a hang', async () => {
  await expect(LineChild.start('Nothing', '/no/such/program', [])).rejects.toThrow('could not be started');
});
