import type { ColorizationServiceDefinition } from '@kinemacolor/contracts';
import { JobState } from '@kinemacolor/contracts';
import { ServerError, Status, type ServiceImplementation } from 'nice-grpc';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { TestJob } from './test-job.js';
import { endingOf, type TestState } from './test-state.js';

/** JPEG, as far as its first and last two bytes. */
export const PREVIEW = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);

/** How a stream ends whose source was cut off. */
const CUT_SHORT = { state: JobState.FAILED, error: { code: Status.DATA_LOSS, message: 'The film is cut off.' } };

/** The calls of the contract, over jobs in memory. */
export function testCalls(state: TestState): ServiceImplementation<ColorizationServiceDefinition> {
  return {
    async *colorize(requests, { signal }) {
      let job: TestJob | undefined;
      try {
        for await (const { part } of requests) {
          if (part?.$case === 'options') {
            job = state.add({ ...part.value, state: JobState.RUNNING });
            yield { part: { $case: 'started', value: job.now } };
            if (state.fails(job)) throw endingOf(job);
            yield { part: { $case: 'preview', value: { frame: 0, picture: PREVIEW } } };
            continue;
          }
          if (job === undefined || part === undefined) throw new ServerError(Status.INVALID_ARGUMENT, 'Options first.');
          await state.pass(signal);
          state.keep(job, part.value);
          job.colourOne();
          state.given += part.value.length;
          yield { part: { $case: 'result', value: job.result.at(-1)! } };
          yield { part: { $case: 'progress', value: job.now.progress! } };
        }
        // The requests of a client that is gone end as if it had sent all: that it is gone comes a millisecond later.
        await pause(50);
        // Whatever came during a pause that a busy machine made longer is looked at, too.
        await turn();
        await turn();
        signal.throwIfAborted();
        if (job === undefined) throw new ServerError(Status.INVALID_ARGUMENT, 'Nothing came.');
        job.change(state.cutShort ? CUT_SHORT : { state: JobState.SUCCEEDED });
        yield { part: { $case: 'finished', value: job.now } };
      } finally {
        if (signal.aborted) job?.change({ state: JobState.CANCELLED });
      }
    },

    createJob: ({ settings, label, idempotencyKey }) => {
      const job = state.add({ settings: settings ?? {}, label, state: JobState.UPLOADING }, idempotencyKey);
      return Promise.resolve({ job: job.now });
    },

    async uploadSource(requests) {
      let job: TestJob | undefined;
      for await (const { part } of requests) {
        if (part?.$case === 'target') {
          job = state.find(part.value.jobId);
          refuseMisfit(job, part.value.offset);
          continue;
        }
        if (job === undefined || part === undefined) throw new ServerError(Status.INVALID_ARGUMENT, 'Target first.');
        if (part.$case === 'source') state.keep(job, part.value);
        else if (part.value.size !== job.now.sourceBytes) throw new ServerError(Status.DATA_LOSS, 'Bytes are missing.');
        else void state.colour(job);
      }
      if (job === undefined) throw new ServerError(Status.INVALID_ARGUMENT, 'Nothing came.');
      return { job: job.now };
    },

    getJob: async ({ jobId }) => Promise.resolve({ job: state.find(jobId).now }),

    async *watchJob({ jobId, previews }, { signal }) {
      const job = state.find(jobId);
      if (previews) yield { part: { $case: 'preview', value: { frame: 7, picture: PREVIEW } } };
      for (;;) {
        const told = job.now;
        yield { part: { $case: 'job', value: told } };
        if (job.ended) return;
        if (JSON.stringify(told) === JSON.stringify(job.now)) await job.changed(signal);
      }
    },

    listJobs: ({ pageSize, pageToken, states }) => {
      const all = [...state.jobs.values()].map((job) => job.now).reverse();
      const wanted = all.filter((job) => states.length === 0 || states.includes(job.state));
      const from = pageToken === '' ? 0 : Number(pageToken);
      const to = from + (pageSize === 0 ? 50 : pageSize);
      return Promise.resolve({ jobs: wanted.slice(from, to), nextPageToken: to < wanted.length ? String(to) : '' });
    },

    cancelJob: async ({ jobId }) => {
      const job = state.find(jobId);
      job.change({ state: JobState.CANCELLED });
      return Promise.resolve({ job: job.now });
    },

    async *downloadResult({ jobId, offset }, { signal }) {
      const job = state.find(jobId);
      let at = offset;
      for (;;) {
        const succeeded = job.now.state === JobState.SUCCEEDED;
        for (const piece of job.from(at)) {
          await state.pass(signal);
          at += piece.length;
          state.given += piece.length;
          yield { result: piece };
        }
        if (succeeded) return;
        if (job.ended && job.now.state !== JobState.SUCCEEDED) throw endingOf(job);
        if (!job.ended && at >= job.now.resultBytes) await job.changed(signal);
      }
    },
  };
}

function refuseMisfit(job: TestJob, offset: number): void {
  const { state, sourceBytes } = job.now;
  if (state !== JobState.UPLOADING) throw new ServerError(Status.FAILED_PRECONDITION, 'The job waits for no source.');
  if (offset !== sourceBytes) throw new ServerError(Status.FAILED_PRECONDITION, `${sourceBytes} bytes are kept.`);
}
