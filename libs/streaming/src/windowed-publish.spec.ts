import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startNatsServer } from './server/nats-server.js';
import { LARGEST_MESSAGE } from './streams.js';
import { streamOf } from './subjects.js';
import { openTestBus, type TestBus } from './testing/bus.js';
import { publishInWindow } from './windowed-publish.js';

const WINDOW = 3;
const folder = path.join(scratchDir(), 'nats');
let bus: TestBus;
beforeAll(async () => {
  bus = await openTestBus(folder, { window: WINDOW });
});
afterAll(() => bus.close());

const frame = (job: string, index: number): Parameters<typeof publishInWindow>[1] => ({
  subject: `luma.${job}`,
  id: `${job}:${index}`,
  data: Uint8Array.of(index),
});
const waiting = async (): Promise<number> => (await bus.manager.streams.info(streamOf('luma'))).state.messages;

describe('publishing into a window', () => {
  it('waits while the job has as many messages waiting as it may, and goes on when one is gone', async () => {
    for (let i = 0; i < WINDOW; i++) await publishInWindow(bus.stream, frame('full', i));
    let through = false;
    const fourth = publishInWindow(bus.stream, frame('full', WINDOW)).then(() => (through = true));
    await pause(300);
    expect(through).toBe(false);
    // Another job has a window of its own.
    await publishInWindow(bus.stream, frame('other', 0));
    await bus.manager.streams.purge(streamOf('luma'), { filter: 'luma.full', keep: WINDOW - 1 });
    await fourth;
    expect(await waiting()).toBe(WINDOW + 1);
  });

  it('drops what was published before', async () => {
    expect(await publishInWindow(bus.stream, frame('twice', 7))).toEqual({ duplicate: false });
    const before = await waiting();
    expect(await publishInWindow(bus.stream, frame('twice', 7))).toEqual({ duplicate: true });
    expect(await waiting()).toBe(before);
  });

  it('stops waiting at the signal', async () => {
    for (let i = 0; i < WINDOW; i++) await publishInWindow(bus.stream, frame('given-up', i));
    const stop = new AbortController();
    const more = publishInWindow(bus.stream, frame('given-up', WINDOW), stop.signal);
    const settled = expect(more).rejects.toMatchObject({ name: 'AbortError' });
    stop.abort();
    await settled;
  });

  it('refuses what no message may hold, naming it', async () => {
    const data = new Uint8Array(LARGEST_MESSAGE + 1);
    await expect(publishInWindow(bus.stream, { ...frame('large', 0), data })).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: expect.stringContaining('large:0') as string,
    });
  });

  it('goes on when the server was killed and came back', async () => {
    const { url } = bus.server;
    process.kill(bus.server.pid, 'SIGKILL');
    await bus.server.gone;
    const sent = publishInWindow(bus.stream, { ...frame('after', 0), subject: 'source.after' });
    const again = await startNatsServer({ folder, port: Number(new URL(url).port) });
    try {
      await sent;
      const kept = await bus.manager.streams.info(streamOf('source'));
      expect(kept.state.messages).toBe(1);
    } finally {
      await again.stop();
    }
  });
});
