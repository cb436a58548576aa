import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { followCredit, tellCredit } from './credit.js';
import { openJobsBus, type JobsBus } from './testing/jobs-bus.js';

let bus: JobsBus;
beforeAll(async () => {
  bus = await openJobsBus(path.join(scratchDir(), 'nats'));
});
afterAll(() => bus.close());

describe('credit', () => {
  it('lets the decoder run one window ahead of the encoder, and no further', async () => {
    const window = followCredit(bus.connection, 'a', { epoch: 1, next: 10, signal: new AbortController().signal });
    await window.roomFor(13, 4);
    let passed = false;
    const waiting = window.roomFor(14, 4).then(() => (passed = true));
    await bus.connection.flush();
    expect(passed).toBe(false);
    const teller = tellCredit(bus.connection, 'a', { epoch: 1, nextFrame: 11 });
    await waiting;
    expect(window.next).toBe(11);
    teller.close();
    window.close();
  });

  it('of an encoder that was replaced does not count', async () => {
    const window = followCredit(bus.connection, 'b', { epoch: 2, next: 0, signal: new AbortController().signal });
    const old = tellCredit(bus.connection, 'b', { epoch: 1, nextFrame: 100 });
    const current = tellCredit(bus.connection, 'b', { epoch: 2, nextFrame: 3 });
    await window.roomFor(3, 1);
    expect(window.next).toBe(3);
    for (const part of [old, current, window]) part.close();
  });

  it('that was lost is told again', async () => {
    const teller = tellCredit(bus.connection, 'c', { epoch: 0, nextFrame: 8 });
    await bus.connection.flush();
    // Nobody listened when it was told first.
    const window = followCredit(bus.connection, 'c', { epoch: 0, next: 0, signal: new AbortController().signal });
    await window.roomFor(8, 1);
    teller.close();
    window.close();
  });

  it('is not waited for when the job ends', async () => {
    const ended = new AbortController();
    const window = followCredit(bus.connection, 'd', { epoch: 0, next: 0, signal: ended.signal });
    const waiting = window.roomFor(1, 1);
    ended.abort(new Error('ended'));
    await expect(waiting).rejects.toThrow('ended');
    window.close();
  });
});
