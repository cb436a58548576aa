import { expect, test } from 'vitest';
import { Sides } from './sides.js';

/** Answers with its own name and a running number that all sides share by the clock, so that the order shows. */
const SIDE = `
  console.log(JSON.stringify({ ready: { [process.argv[1]]: '1.0' }, how: 'somehow' }));
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { frames } = JSON.parse(line);
    console.log(JSON.stringify({ ms: process.hrtime.bigint().toString().slice(0, -6) * 1, frames }));
  });`;

test('sides take turns, each round begins with the next, and all are told', async () => {
  const sides = new Sides();
  try {
    for (const name of ['a', 'b', 'c']) {
      await sides.start({ name, command: process.execPath, args: ['-e', SIDE, name] });
    }
    expect(sides.names).toEqual(['a', 'b', 'c']);
    expect(sides.versions).toEqual({ a: '1.0', b: '1.0', c: '1.0' });
    expect(sides.how).toEqual({ a: 'somehow', b: 'somehow', c: 'somehow' });
    for (const [round, order] of [
      [0, 'abc'],
      [1, 'bca'],
      [2, 'cab'],
      [3, 'abc'],
    ] as const) {
      const times = await sides.takeTurns(round, { frames: 2 });
      const answered = Object.entries(times).sort(([, one], [, other]) => one - other);
      expect(answered.map(([name]) => name).join('')).toBe(order);
      expect(Object.keys(times)).toEqual(['a', 'b', 'c']);
    }
  } finally {
    await sides.close();
  }
});
