import { setTimeout as pause } from 'node:timers/promises';
import path from 'node:path';
import { JobRecord, JobState } from '@kinemacolor/contracts';
import { jetstream } from '@nats-io/jetstream';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { raiseEpoch, takeOver } from './epoch.js';
import { followJob } from './follow-job.js';
import { endJob } from './job-store.js';
import { openJobsBus, type JobsBus } from './testing/jobs-bus.js';

let bus: JobsBus;
beforeAll(async () => {
  bus = await openJobsBus(path.join(scratchDir(), 'nats'));
});
afterAll(() => bus.close());

describe('a job', () => {
  it('ends once: the first ending stands, and says until when it is kept', async () => {
    const id = await bus.newJob({ keep: { seconds: 60, nanos: 500_000_000 } });
    const now = new Date('2026-01-01T00:00:00Z');
    await endJob(bus.store, id, { state: JobState.CANCELLED }, now);
    const error = { code: 3, message: 'no film', frame: undefined };
    await endJob(bus.store, id, { state: JobState.FAILED, error });
    const { job } = (await bus.store.get(id))!;
    expect(job).toMatchObject({ state: JobState.CANCELLED, error: undefined, finished: now });
    expect(job.expires).toEqual(new Date('2026-01-01T00:01:00.500Z'));
  });

  it('has one encoder: who was replaced can ask for nothing', async () => {
    const id = await bus.newJob();
    expect((await takeOver(bus.store, id, 'first'))?.epoch).toBe(0);
    expect(await raiseEpoch(bus.store, id, { encoder: 'first', from: 5 })).toMatchObject({ epoch: 1, resumeFrom: 5 });
    await takeOver(bus.store, id, 'second');
    expect(await raiseEpoch(bus.store, id, { encoder: 'first', from: 0 })).toBeUndefined();
    expect(await bus.store.get(id)).toMatchObject({ encoder: 'second', epoch: 1, resumeFrom: 5 });
  });

  it('that has ended is taken over by nobody', async () => {
    const id = await bus.newJob();
    await takeOver(bus.store, id, 'first');
    await endJob(bus.store, id, { state: JobState.SUCCEEDED });
    expect(await takeOver(bus.store, id, 'second')).toBeUndefined();
    expect(await raiseEpoch(bus.store, id, { encoder: 'first', from: 0 })).toBeUndefined();
  });

  it('is followed through its changes to its end', async () => {
    const id = await bus.newJob();
    const job = (await followJob(bus.store, id))!;
    const raised = new Promise<number>((resolve) => {
      job.onChange(({ epoch }) => {
        if (epoch > 0) resolve(epoch);
      });
    });
    await takeOver(bus.store, id, 'encoder');
    await raiseEpoch(bus.store, id, { encoder: 'encoder', from: 7 });
    expect(await raised).toBe(1);
    expect(job.now.resumeFrom).toBe(7);
    expect(job.ended.aborted).toBe(false);
    const ended = new Promise((resolve) => {
      job.ended.addEventListener('abort', resolve);
    });
    await endJob(bus.store, id, { state: JobState.CANCELLED });
    await ended;
    job.close();
    expect(await followJob(bus.store, 'nobody')).toBeUndefined();
  });

  it('never goes back to an older state for who follows it, whichever way that comes', async () => {
    const id = await bus.newJob();
    const first = await bus.store.getVersion(id);
    // An answer that was long on its way, again and again.
    const slow = { ...bus.store, getVersion: () => Promise.resolve(first) };
    const job = (await followJob(slow, id, 10))!;
    const epochs: number[] = [];
    job.onChange(({ epoch }) => epochs.push(epoch));
    await takeOver(bus.store, id, 'encoder');
    await raiseEpoch(bus.store, id, { encoder: 'encoder', from: 7 });
    await expect.poll(() => job.now.epoch).toBe(1);
    const seen = epochs.length;
    await pause(100);
    expect(job.now.epoch).toBe(1);
    expect(epochs.slice(seen - 1)).toEqual([1]);
    job.close();
  });

  it('that cannot be read any more is lost for who follows it, and found again', async () => {
    const id = await bus.newJob();
    const record = (await bus.store.get(id))!;
    const job = (await followJob(bus.store, id, 20))!;
    const lost = new Promise<void>((resolve) => {
      job.lost.addEventListener('abort', () => {
        resolve();
      });
    });
    const put = (bytes: Uint8Array): Promise<unknown> =>
      jetstream(bus.connection).publish(`$KV.kinemacolor-jobs.${id}`, bytes);
    await put(new Uint8Array());
    await lost;
    expect(String(job.lost.reason)).toMatch(/no job in it/);
    expect(job.ended.aborted).toBe(false);
    const ended = new Promise((resolve) => {
      job.ended.addEventListener('abort', resolve);
    });
    await put(JobRecord.encode({ ...record, job: { ...record.job, state: JobState.SUCCEEDED } }).finish());
    await ended;
    job.close();
  });

  it('that is deleted has ended for who follows it', async () => {
    const id = await bus.newJob();
    const job = (await followJob(bus.store, id))!;
    const ended = new Promise((resolve) => {
      job.ended.addEventListener('abort', resolve);
    });
    await bus.store.delete(id);
    await ended;
    job.close();
  });
});
