import { JobState, type ColorizationServiceDefinition } from '@kinemacolor/contracts';
import { endJob } from '@kinemacolor/jobs';
import type { ServiceImplementation } from 'nice-grpc';
import { colorize } from './colorize.js';
import { createJob } from './create-job.js';
import { downloadResult } from './download-result.js';
import type { Gateway } from './gateway.js';
import type { CallScope } from './guard.js';
import { notFound, ownJob, withBytes } from './job-access.js';
import { listJobs } from './list-jobs.js';
import { purgeLeftovers } from './purge.js';
import { uploadSource } from './upload-source.js';
import { watchJob } from './watch-job.js';

/** The calls of the public contract, each in a file of its own where it is more than a line or two. */
export const colorizationService = (
  gateway: Gateway,
): ServiceImplementation<ColorizationServiceDefinition, CallScope> => ({
  colorize: (requests, context) => colorize(gateway, requests, context),
  createJob: async (request, context) => ({
    job: await withBytes(gateway, await createJob(gateway, request, context)),
  }),
  uploadSource: async (requests, context) => ({
    job: await withBytes(gateway, await uploadSource(gateway, requests, context)),
  }),
  getJob: async ({ jobId }, context) => ({ job: await withBytes(gateway, await ownJob(gateway, jobId, context)) }),
  watchJob: (request, context) => watchJob(gateway, request, context),
  listJobs: (request, context) => listJobs(gateway, request, context),
  cancelJob: async ({ jobId }, context) => {
    await ownJob(gateway, jobId, context);
    const ended = await endJob(gateway.jobs, jobId, { state: JobState.CANCELLED });
    if (ended === undefined) throw notFound();
    await purgeLeftovers(gateway.connection, ended);
    return { job: await withBytes(gateway, ended) };
  },
  downloadResult: (request, context) => downloadResult(gateway, request, context),
});
