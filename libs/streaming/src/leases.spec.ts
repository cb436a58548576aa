import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { endQueue, takeLeases, type Lease } from './leases.js';
import { streamOf } from './subjects.js';
import { openTestBus, type TestBus } from './testing/bus.js';
import { publishInWindow } from './windowed-publish.js';

let bus: TestBus;
beforeAll(async () => {
  bus = await openTestBus(path.join(scratchDir(), 'nats'));
});
afterAll(() => bus.close());

/** Longer than a busy machine keeps a process waiting. */
const LEASE_MS = 1_500;
const publish = (kind: string, job: string, index: number): Promise<unknown> =>
  publishInWindow(bus.stream, { subject: `${kind}.${job}`, id: `${job}:${index}`, data: Uint8Array.of(index), headers: { traceparent: `t-${index}` } }); // prettier-ignore
const left = async (kind: 'luma' | 'chroma'): Promise<number> =>
  (await bus.manager.streams.info(streamOf(kind))).state.messages;

/** Takes so many messages, does with each what is asked, and stops. */
async function take(
  count: number,
  options: { kind: 'luma' | 'chroma'; queue: string; job?: string },
  work: (lease: Lease) => unknown = (lease) => lease.done(),
): Promise<Lease[]> {
  const stop = new AbortController();
  const taken: Lease[] = [];
  for await (const lease of takeLeases(bus.connection, {
    ...options,
    ahead: 8,
    leaseMs: LEASE_MS,
    signal: stop.signal,
  })) {
    taken.push(lease);
    await work(lease);
    if (taken.length === count) stop.abort();
  }
  return taken;
}

describe('leases', () => {
  it('come in order, with their headers, and are gone when done', async () => {
    for (let i = 0; i < 5; i++) await publish('luma', 'ordered', i);
    const taken = await take(5, { kind: 'luma', queue: 'all' });
    expect(taken.map(({ data }) => data[0])).toEqual([0, 1, 2, 3, 4]);
    expect(taken.map(({ headers }) => headers.get('traceparent'))).toEqual(['t-0', 't-1', 't-2', 't-3', 't-4']);
    expect(taken.every(({ tries, subject }) => tries === 1 && subject === 'luma.ordered')).toBe(true);
    await expect.poll(() => left('luma')).toBe(0);
  });

  it('of two jobs go to their own queues', async () => {
    for (const job of ['a', 'b']) for (let i = 0; i < 2; i++) await publish('chroma', job, i);
    const taken = await take(2, { kind: 'chroma', queue: 'b-encoder', job: 'b' });
    expect(taken.map(({ subject }) => subject)).toEqual(['chroma.b', 'chroma.b']);
    expect(await left('chroma')).toBe(2);
  });

  it('leave nothing of a queue that has ended', async () => {
    await publish('chroma', 'over', 0);
    await take(1, { kind: 'chroma', queue: 'over-encoder', job: 'over' });
    const queues = async (): Promise<string[]> => {
      const names: string[] = [];
      for await (const { name } of bus.manager.consumers.list(streamOf('chroma'))) names.push(name);
      return names;
    };
    expect(await queues()).toContain('over-encoder');
    await endQueue(bus.connection, 'chroma', 'over-encoder');
    expect(await queues()).not.toContain('over-encoder');
    await endQueue(bus.connection, 'chroma', 'over-encoder');
  });

  it('are kept alive however long the work takes', async () => {
    await publish('luma', 'slow', 0);
    const taken = await take(1, { kind: 'luma', queue: 'all' }, async (lease) => {
      await pause(3 * LEASE_MS);
      await lease.done();
    });
    expect(taken).toHaveLength(1);
    await expect.poll(() => left('luma')).toBe(0);
  });

  it('that are given back come again, and count', async () => {
    await publish('luma', 'back', 0);
    const taken = await take(3, { kind: 'luma', queue: 'all' }, (lease) => {
      if (lease.tries === 3) return lease.done();
      lease.giveBack();
      return undefined;
    });
    expect(taken.map(({ tries }) => tries)).toEqual([1, 2, 3]);
  });

  it('that are given up come to nobody', async () => {
    await publish('luma', 'up', 0);
    await take(1, { kind: 'luma', queue: 'all' }, (lease) => {
      lease.giveUp();
    });
    await publish('luma', 'up', 1);
    const [next] = await take(1, { kind: 'luma', queue: 'all' });
    expect(next!.data[0]).toBe(1);
  });

  it('of a process that is killed come to another', async () => {
    await publish('luma', 'killed', 0);
    const holder = fork(new URL('../dist/testing/lease-holder.js', import.meta.url), [bus.server.url, String(LEASE_MS)], { execArgv: [] }); // prettier-ignore
    await once(holder, 'message');
    holder.kill('SIGKILL');
    const [lease] = await take(1, { kind: 'luma', queue: 'all' });
    expect([lease!.subject, lease!.tries]).toEqual(['luma.killed', 2]);
  });
});
