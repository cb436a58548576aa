import { openJobStore, startTaskService } from '@kinemacolor/jobs';
import { errorFields, type Log, type Service } from '@kinemacolor/lifecycle';
import { busOptions, openBus } from '@kinemacolor/streaming';
import type { DecoderConfig } from './config.js';
import { decodeJob } from './decode-job.js';
import { openPins } from './model-pins.js';

/**
 * Takes `decode` tasks and keeps each until its job has ended.
 *
 * Consumes `decode.*` (tasks), `source.<job>` (bytes), `credit.<job>`. Produces `luma.<job>`; answers `where.<job>`. Owns a job's
 * `frames_total`, `pins` and `progress.frames_decoded`.
 */
export async function startDecoder(config: DecoderConfig, log: Log): Promise<Service> {
  const bus = await openBus(busOptions(config, 'decoder'));
  const { connection } = bus;
  const store = await openJobStore(connection, config.replicas);
  const pins = await openPins(connection, store, config.replicas);
  return startTaskService({
    bus,
    store,
    kind: 'decode',
    atOnce: config.jobs,
    work: (job, signal) => decodeJob(job, { connection, store, pins, config, log, signal }),
    onFailure: (job, error) => {
      log.warn({ job, ...errorFields(error) }, 'decoding failed; it is tried again');
    },
  });
}
