import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { readBoolean, readListen, readNumber } from './readers.js';

describe('readNumber', () => {
  it.each([
    ['12', 12],
    [' -1.5e2 ', -150],
    ['.5', 0.5],
    [7, 7],
  ])('reads %j', (raw, value) => {
    expect(readNumber().parse(raw)).toBe(value);
  });

  it.each(['', ' ', 'x', '1x', '0x10', 'Infinity', '1e999', true, null, [3]])('turns down %j', (raw) => {
    expect(readNumber().safeParse(raw).success).toBe(false);
  });

  it('keeps the checks, the default and the optional of the inner schema', () => {
    const natural = readNumber(z.number().int().positive().default(3));
    expect(natural.parse(undefined)).toBe(3);
    expect(natural.safeParse('1.5').success).toBe(false);
    expect(natural.safeParse('0').success).toBe(false);
    expect(readNumber(z.number().optional()).parse(undefined)).toBeUndefined();
  });
});

describe('readBoolean', () => {
  it.each([
    ['true', true],
    ['Yes', true],
    ['on', true],
    ['1', true],
    [true, true],
    ['false', false],
    ['NO', false],
    ['off', false],
    [' 0 ', false],
    [false, false],
  ])('reads %j', (raw, value) => {
    expect(readBoolean().parse(raw)).toBe(value);
  });

  it.each(['', 'maybe', 1, null])('turns down %j', (raw) => {
    expect(readBoolean().safeParse(raw).success).toBe(false);
  });
});

describe('readListen', () => {
  it.each(['127.0.0.1:50051', '0.0.0.0:0', 'host.example:65535', '[::1]:1', 'unix:/run/x'])('reads %s', (text) => {
    expect(readListen().parse(text)).toBe(text);
  });

  it.each(['', 'here', '127.0.0.1', '127.0.0.1:', ':1', '127.0.0.1:65536', '::1:1', 'http://a:1', 'a b:1', 'unix:'])(
    'turns down %j',
    (text) => {
      expect(readListen().safeParse(text).success).toBe(false);
    },
  );
});
