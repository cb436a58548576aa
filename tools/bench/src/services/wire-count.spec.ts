import { expect, test } from 'vitest';
import { headerBytes } from './wire-count.js';

test('headers take a version line, a line for each value and an empty line', () => {
  const made = new Map([
    ['Nats-Msg-Id', ['job:1:7']],
    ['X', ['a', 'é']],
  ]);
  expect(headerBytes(made)).toBe(Buffer.byteLength('NATS/1.0\r\nNats-Msg-Id: job:1:7\r\nX: a\r\nX: é\r\n\r\n'));
  expect(headerBytes(undefined)).toBe(0);
});
