import { openJobStore, startTaskService } from '@kinemacolor/jobs';
import { errorFields, type Log, type Service } from '@kinemacolor/lifecycle';
import { busOptions, openBus } from '@kinemacolor/streaming';
import type { EncoderConfig } from './config.js';
import { encodeJob } from './encode-job.js';

/**
 * Takes `encode` tasks and keeps each until its job has ended.
 *
 * Consumes `encode.*` (tasks), `chroma.<job>`, `source.<job>` (bytes); asks on `where.<job>`. Produces `segment.<job>`,
 * `result.<job>`, `credit.<job>`, `preview.<job>`. Owns a job's epoch, progress and success.
 */
export async function startEncoder(config: EncoderConfig, log: Log): Promise<Service> {
  const bus = await openBus(busOptions(config, 'encoder'));
  const store = await openJobStore(bus.connection, config.replicas);
  return startTaskService({
    bus,
    store,
    kind: 'encode',
    atOnce: config.jobs,
    work: (job, signal) => encodeJob(job, { bus, store, config, log, signal }),
    onFailure: (job, error) => {
      log.warn({ job, ...errorFields(error) }, 'encoding failed; it is tried again');
    },
  });
}
