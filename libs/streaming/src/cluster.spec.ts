import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openBus } from './bus.js';
import { lastEntry, openLogWriter } from './message-log.js';
import { openRecords, type Records } from './records.js';
import { StreamingError } from './streaming-error.js';
import { startTestCluster, type TestCluster } from './testing/cluster.js';

const COUNT = { encode: (count: number) => Buffer.from(String(count)), decode: (bytes: Uint8Array) => Number(Buffer.from(bytes).toString()) }; // prettier-ignore
const streams = { replicas: 3, fileBytes: 2 ** 28, memoryBytes: 2 ** 26 };

let cluster: TestCluster;
const connections: NatsConnection[] = [];
const records: Records<number>[] = [];
beforeAll(async () => {
  cluster = await startTestCluster(scratchDir());
  // As services are: each at another server.
  for (const url of cluster.urls.split(',')) {
    const servers = [url, ...cluster.urls.split(',').filter((other) => other !== url)];
    const { connection } = await openBus({ servers, name: 'test', streams });
    connections.push(connection);
    records.push(await openRecords(connection, { bucket: 'counts', codec: COUNT, replicas: 3 }));
  }
}, 60_000);
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await cluster.stop();
});

const increase = (now: number): number => now + 1;

describe('on a cluster', () => {
  it('a record that many change at once has every change, and is read as it was written', async () => {
    // Other servers than the leader may not know yet what was written: they are not asked.
    const manager = await jetstreamManager(connections[0]!);
    expect((await manager.streams.info('KV_counts')).config).toMatchObject({ num_replicas: 3, allow_direct: false });
    const [one, two, three] = records as [Records<number>, Records<number>, Records<number>];
    for (let i = 0; i < 30; i++) {
      expect(await one.create(`new-${i}`, i)).toBe(true);
      expect(await two.get(`new-${i}`)).toBe(i);
      expect(await three.create(`new-${i}`, i)).toBe(false);
    }
    await one.create('count', 0);
    const changes = records.flatMap((some) => Array.from({ length: 10 }, () => some.update('count', increase)));
    await Promise.all(changes);
    expect(await two.get('count')).toBe(30);
  });

  it('of two writers of a log one is told that it is not alone', async () => {
    for (let round = 0; round < 20; round++) {
      const last = (await lastEntry(connections[2]!, 'segment', 'job'))?.sequence ?? 0;
      const both = connections.slice(0, 2).map((connection) => openLogWriter(connection, 'segment', 'job', last));
      const outcomes = await Promise.allSettled(
        both.map((writer, i) => writer.append(`${round}-${i}`, Buffer.from('x'))),
      );
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
      expect(refused).toHaveLength(1);
      expect(refused[0]).toBeInstanceOf(StreamingError);
      expect(refused[0]).toMatchObject({ code: 'CONTENDED' });
    }
    const late = openLogWriter(connections[0]!, 'segment', 'job', 0);
    await expect(late.append('late', Buffer.from('x'))).rejects.toMatchObject({ code: 'CONTENDED' });
  });

  it('the death of a leader is waited for', async () => {
    const writer = openLogWriter(connections[0]!, 'result', 'job', 0);
    await records[0]!.create('through', 0);
    let killed: string | undefined;
    const killing = pause(200).then(async () => {
      const [[name]] = [...(await cluster.leads())].toSorted(([, a], [, b]) => b - a) as [[string, number]];
      await cluster.kill(name);
      killed = name;
    });
    let count = 0;
    for (const until = performance.now() + 3_000; killed === undefined || performance.now() < until; count++) {
      await writer.append(`m-${count}`, Buffer.from(String(count)));
      // Not `increase`: where the answer died with the leader, the change is made once more.
      const done = count + 1;
      await records[count % 3]!.update('through', () => done);
    }
    await killing;
    expect(await records[1]!.get('through')).toBe(count);
    expect(Buffer.from((await lastEntry(connections[1]!, 'result', 'job'))!.data).toString()).toBe(String(count - 1));
    await cluster.restart(killed);
  }, 60_000);
});
