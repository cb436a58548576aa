import path from 'node:path';
import { JobState } from '@kinemacolor/contracts';
import { jetstream } from '@nats-io/jetstream';
import { countMessages, takeLeases } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { endJob } from './job-store.js';
import { startTaskWorker, type TaskWorker, type TaskWorkerOptions } from './task-worker.js';
import { QUEUES, startTasks } from './tasks.js';
import { openJobsBus, type JobsBus } from './testing/jobs-bus.js';

let bus: JobsBus;
beforeAll(async () => {
  bus = await openJobsBus(path.join(scratchDir(), 'nats'));
});
afterAll(() => bus.close());

const workers: TaskWorker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.drain()));
});

function start(
  work: TaskWorkerOptions['work'],
  onFailure: TaskWorkerOptions['onFailure'] = () => undefined,
): TaskWorker {
  const options = {
    bus,
    store: bus.store,
    kind: 'decode',
    atOnce: 2,
    lookMs: 20,
    retryMs: 1,
    work,
    onFailure,
  } as const;
  const worker = startTaskWorker(options);
  workers.push(worker);
  return worker;
}

const until = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });

async function gone(job: string): Promise<void> {
  while ((await countMessages(bus.connection, 'decode', job)) > 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Has a task taken and lost so many times, as by processes that are restarted. */
async function passOn(job: string, times: number): Promise<void> {
  const stop = new AbortController();
  const { connection } = bus;
  let left = times;
  for await (const lease of takeLeases(connection, {
    kind: 'decode',
    queue: QUEUES.decode,
    ahead: 1,
    signal: stop.signal,
  })) {
    // prettier-ignore
    expect(new TextDecoder().decode(lease.data)).toBe(job);
    lease.giveBack();
    left -= 1;
    if (left === 0) break;
  }
  stop.abort();
}

describe('a task', () => {
  it('is kept until its job has ended, and then is gone', async () => {
    const job = await bus.newJob();
    await startTasks(bus.connection, job);
    const taken = new Promise<string>((resolve) => {
      start(async ({ now }, signal) => {
        resolve(now.job.id);
        await until(signal);
      });
    });
    expect(await taken).toBe(job);
    expect(await countMessages(bus.connection, 'decode', job)).toBe(1);
    await endJob(bus.store, job, { state: JobState.CANCELLED });
    await gone(job);
  });

  it('is handed back by a worker that drains, and another goes on', async () => {
    const job = await bus.newJob();
    let first: TaskWorker | undefined;
    const takenByFirst = new Promise<void>((resolve) => {
      first = start(async (_, signal) => {
        resolve();
        await until(signal);
      });
    });
    await startTasks(bus.connection, job);
    await takenByFirst;
    await first!.drain();
    const takenBySecond = new Promise<string>((resolve) => {
      start(async ({ now }) => {
        resolve(now.job.id);
        await endJob(bus.store, now.job.id, { state: JobState.SUCCEEDED });
      });
    });
    expect(await takenBySecond).toBe(job);
    await gone(job);
  });

  it('that fails is tried again, and in the end its job fails with a reason', async () => {
    const job = await bus.newJob();
    const failures: unknown[] = [];
    start(
      () => Promise.reject(new Error('no luck')),
      (_, error) => failures.push(error),
    );
    await startTasks(bus.connection, job);
    await gone(job);
    expect(failures).toHaveLength(6);
    const { state, error } = (await bus.store.get(job))!.job;
    expect(state).toBe(JobState.FAILED);
    expect(error).toMatchObject({
      code: 13,
      message: `The decoder failed 6 times, the last time so: no luck. Try again, or report it with the job's id, ${job}.`,
    });
  });

  it('may be handed back and taken from the killed as often as it likes: only failures are failures', async () => {
    const job = await bus.newJob();
    await startTasks(bus.connection, job);
    await passOn(job, 10);
    const failures: unknown[] = [];
    start(
      async () => {
        if (failures.length < 5) throw new Error('no luck');
        await endJob(bus.store, job, { state: JobState.SUCCEEDED });
      },
      (_, error) => failures.push(error),
    );
    await gone(job);
    expect((await bus.store.get(job))!.job.state).toBe(JobState.SUCCEEDED);
    expect(failures).toHaveLength(5);
  });

  it('that ends every process that takes it is given up in the end', async () => {
    const job = await bus.newJob();
    await startTasks(bus.connection, job);
    await passOn(job, 40);
    start(() => Promise.reject(new Error('must not be asked')));
    await gone(job);
    const { state, error } = (await bus.store.get(job))!.job;
    expect(state).toBe(JobState.FAILED);
    expect(error!.message).toMatch(/began 40 times and never came to an end/);
  });

  it('whose record cannot be read any more fails, and is done with when that is deleted', async () => {
    const job = await bus.newJob();
    await startTasks(bus.connection, job);
    const failed = new Promise<unknown>((resolve) => {
      start(
        async (_, signal) => {
          await jetstream(bus.connection).publish(`$KV.kinemacolor-jobs.${job}`, new Uint8Array());
          await until(signal);
        },
        (_, error) => {
          resolve(error);
        },
      );
    });
    expect(String(await failed)).toMatch(/no job in it/);
    await bus.store.delete(job);
    await gone(job);
  });

  it('of a job that is gone is done with', async () => {
    await startTasks(bus.connection, 'nobody');
    start(() => Promise.reject(new Error('must not be asked')));
    await gone('nobody');
  });
});
