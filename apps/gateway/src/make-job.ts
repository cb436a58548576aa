import type { ColorizeSettings } from '@kinemacolor/contracts';
import type { StoredJob } from '@kinemacolor/jobs';
import { ServerError, Status } from 'nice-grpc';
import { checkLabel, checkSettings } from './check-settings.js';
import type { Gateway } from './gateway.js';
import { newJob, type NewJob } from './new-job.js';
import { resolveModel } from './resolve-model.js';
import type { Caller } from './tokens.js';
import { traceOfJob } from './trace-of-job.js';

/** What a client wants. */
export interface Wanted extends Pick<NewJob, 'id' | 'attached' | 'live' | 'giveUp' | 'allowedMs'> {
  readonly caller: Caller;
  readonly settings: ColorizeSettings | undefined;
  readonly label: string;
  /** The trace that the client is in, if it says so. */
  readonly traceparent: string | undefined;
}

/**
 * Looks at what is wanted, and makes the job; one of this id that is there already is left as it is.
 * @throws ServerError `INVALID_ARGUMENT`, `UNAUTHENTICATED`, `RESOURCE_EXHAUSTED` for too many jobs at a time
 */
export async function makeJob(gateway: Gateway, wanted: Wanted): Promise<StoredJob> {
  const { jobs, models, slots, config } = gateway;
  const { id, caller, label } = wanted;
  checkLabel(label);
  const checked = checkSettings(wanted.settings);
  const { name: model, renderSize } = await resolveModel(models, checked.model, config.model);
  const settings = { ...checked, model, renderSize: checked.renderSize ?? renderSize };
  const most = caller.mostJobs ?? config.mostJobs;
  if (!(await slots.take(caller.name, id, most))) {
    throw new ServerError(Status.RESOURCE_EXHAUSTED, `You have ${most} jobs under way, the most at a time. Wait for one to end, or cancel one.`); // prettier-ignore
  }
  const record = newJob({ ...wanted, owner: caller.name, settings, keepMs: config.keepSeconds * 1000, trace: traceOfJob(wanted.traceparent) }); // prettier-ignore
  if (await jobs.create(id, record)) return record;
  const there = await jobs.get(id);
  if (there === undefined) throw new ServerError(Status.ABORTED, 'The job was deleted at this moment. Try again.');
  return there;
}
