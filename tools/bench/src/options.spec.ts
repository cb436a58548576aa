import { expect, test } from 'vitest';
import { BenchError } from './bench-error.js';
import { BENCHES, parseOptions } from './options.js';

test('no name and all run every bench; names run in the fixed order', () => {
  expect(parseOptions([]).benches).toEqual(BENCHES);
  expect(parseOptions(['memory', 'all']).benches).toEqual(BENCHES);
  expect(parseOptions(['stabilizer', 'film']).benches).toEqual(['film', 'stabilizer']);
});

test('options have defaults, and numbers are read', () => {
  expect(parseOptions(['generator'])).toMatchObject({
    width: undefined,
    rounds: undefined,
    frames: undefined,
    direct: false,
    out: 'out/bench',
  });
  expect(parseOptions(['generator', '--width', '32', '--rounds', '5'])).toMatchObject({ width: 32, rounds: 5 });
});

test.each([[['decode']], [['--width', '0']], [['--rounds', '1.5']], [['--frames', 'many']], [['--unknown']]])(
  '%j is refused with the usage',
  (args) => {
    expect(() => parseOptions(args)).toThrow(BenchError);
    expect(() => parseOptions(args)).toThrow('Usage: npm run bench');
  },
);
