import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openRecords, type Records } from './records.js';
import { startNatsServer } from './server/nats-server.js';
import { openTestBus, type TestBus } from './testing/bus.js';

interface Counter {
  readonly count: number;
}
const codec = {
  encode: (value: Counter) => new TextEncoder().encode(JSON.stringify(value)),
  decode: (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as Counter,
};

const folder = path.join(scratchDir(), 'nats');
let bus: TestBus;
let records: Records<Counter>;
beforeAll(async () => {
  bus = await openTestBus(folder);
  records = await openRecords(bus.connection, { bucket: 'counters', codec });
});
afterAll(() => bus.close());

describe('records', () => {
  it('are made once', async () => {
    expect(await records.create('one', { count: 1 })).toBe(true);
    expect(await records.create('one', { count: 2 })).toBe(false);
    expect(await records.get('one')).toEqual({ count: 1 });
    expect(await records.get('none')).toBeUndefined();
  });

  it('lose no change when many change them at the same time', async () => {
    await records.create('busy', { count: 0 });
    const others = await openRecords(bus.connection, { bucket: 'counters', codec });
    const changes = Array.from({ length: 20 }, (_, i) =>
      (i % 2 === 0 ? records : others).update('busy', ({ count }) => ({ count: count + 1 })),
    );
    const seen = (await Promise.all(changes)).map((value) => value!.count);
    expect(await records.get('busy')).toEqual({ count: 20 });
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('stay as they are when there is nothing to change, and are not made by a change', async () => {
    await records.create('still', { count: 5 });
    expect(await records.update('still', () => undefined)).toEqual({ count: 5 });
    expect(await records.update('nowhere', () => ({ count: 1 }))).toBeUndefined();
    expect(await records.get('nowhere')).toBeUndefined();
  });

  it('are watched until they are deleted', async () => {
    await records.create('watched', { count: 0 });
    const seen: number[] = [];
    const watching = (async () => {
      for await (const { count } of records.watch('watched', new AbortController().signal)) {
        seen.push(count);
        if (count < 3) await records.update('watched', ({ count: now }) => ({ count: now + 1 }));
        else await records.delete('watched');
      }
    })();
    await watching;
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(await records.get('watched')).toBeUndefined();
    const ids: string[] = [];
    for await (const id of records.ids()) ids.push(id);
    expect(ids.toSorted()).toEqual(['busy', 'one', 'still']);
  });

  it('are watched until the signal', async () => {
    const stop = new AbortController();
    await records.create('endless', { count: 0 });
    const seen: Counter[] = [];
    for await (const record of records.watch('endless', stop.signal)) {
      seen.push(record);
      stop.abort();
    }
    expect(seen).toEqual([{ count: 0 }]);
  });

  it('leave nothing on the server when nobody watches any more', async () => {
    const left = await openRecords(bus.connection, { bucket: 'left', codec });
    const readers = async (): Promise<number> => (await bus.manager.streams.info('KV_left')).state.consumer_count;
    await left.create('a', { count: 0 });
    const stop = new AbortController();
    const [one, all] = [left.watch('a', stop.signal), left.watchAll(new AbortController().signal)];
    await Promise.all([one.next(), all.next()]);
    expect(await readers()).toBe(2);
    const ended = one.next();
    stop.abort();
    expect(await ended).toEqual({ done: true, value: undefined });
    await all.return();
    for await (const id of left.ids()) expect(id).toBe('a');
    await expect.poll(readers).toBe(0);
  });

  it('are all read in one pass, without those that were deleted', async () => {
    const many = await openRecords(bus.connection, { bucket: 'many', codec });
    const all = async (): Promise<Map<string, number>> => {
      const seen = new Map<string, number>();
      for await (const [id, { count }] of many.entries()) seen.set(id, count);
      return seen;
    };
    expect(await all()).toEqual(new Map());
    for (let i = 0; i < 50; i++) await many.create(`r${i}`, { count: i });
    await many.update('r7', () => ({ count: 700 }));
    await many.delete('r8');
    const seen = await all();
    expect(seen.size).toBe(49);
    expect([seen.get('r7'), seen.get('r8'), seen.get('r49')]).toEqual([700, undefined, 49]);
    const kept = async (): Promise<number> => (await bus.manager.streams.info('KV_many')).state.messages;
    await many.forgetDeleted(new Date(Date.now() - 60_000));
    expect(await kept()).toBe(50);
    await many.forgetDeleted(new Date(Date.now() + 60_000));
    expect(await kept()).toBe(49);
    expect((await all()).size).toBe(49);
    // A pass leaves nothing behind on the server.
    for (let i = 0; i < 20; i++) await all();
    await expect.poll(async () => (await bus.manager.streams.info('KV_many')).state.consumer_count).toBeLessThan(3);
  });

  it('leave nothing when they are erased, and can be made again', async () => {
    const erased = await openRecords(bus.connection, { bucket: 'erased', codec });
    const kept = async (): Promise<number> => (await bus.manager.streams.info('KV_erased')).state.messages;
    await erased.create('a.1', { count: 1 });
    await erased.create('a.2', { count: 2 });
    await erased.erase('a.1');
    await erased.erase('never');
    expect([await erased.get('a.1'), await erased.get('a.2'), await kept()]).toEqual([undefined, { count: 2 }, 1]);
    expect(await erased.update('a.1', () => ({ count: 3 }))).toBeUndefined();
    expect(await erased.create('a.1', { count: 4 })).toBe(true);
    expect(await erased.get('a.1')).toEqual({ count: 4 });
  });

  it('go by themselves after their time, where they have one', async () => {
    const short = await openRecords(bus.connection, { bucket: 'short', codec, ttlMs: 300 });
    await short.create('gone', { count: 1 });
    await expect.poll(() => short.get('gone')).toBeUndefined();
    expect(await short.create('gone', { count: 2 })).toBe(true);
  });

  it('are watched all together, and deleted ones passed over', async () => {
    const all = await openRecords(bus.connection, { bucket: 'all', codec });
    for (const [id, count] of [['a', 1], ['b', 2]] as const) await all.create(id, { count }); // prettier-ignore
    const stop = new AbortController();
    const seen: number[] = [];
    for await (const { count } of all.watchAll(stop.signal)) {
      seen.push(count);
      if (seen.length === 2) {
        await all.delete('a');
        await all.update('b', () => ({ count: 3 }));
      }
      if (count === 3) stop.abort();
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it('are still there after the server was killed', async () => {
    await records.update('one', () => ({ count: 77 }));
    const { url, pid, gone } = bus.server;
    process.kill(pid, 'SIGKILL');
    await gone;
    const again = await startNatsServer({ folder, port: Number(new URL(url).port) });
    try {
      await bus.connection.reconnect().catch(() => undefined);
      await expect.poll(() => records.get('one').catch(() => undefined)).toEqual({ count: 77 });
    } finally {
      await again.stop();
    }
  });
});
