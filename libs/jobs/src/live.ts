import { JobState } from '@kinemacolor/contracts';
import type { Ending } from './job-store.js';

/** Of a live stream that are looked at before it begins: seconds, at the rate that it comes. */
export const LIVE_FIRST_BYTES = 64 * 1024;

/** UNAVAILABLE in gRPC's codes: the stream may be begun again. */
const UNAVAILABLE = 14;

/**
 * How a live job ends whose decoder or encoder has ended: what has been shown cannot be shown again, and what came meanwhile
 * is late.
 */
export const interruptedBy = (service: 'decoder' | 'encoder'): Ending => ({
  state: JobState.FAILED,
  error: {
    code: UNAVAILABLE,
    message: `The live stream was interrupted: its ${service} has ended. Begin it again.`,
    frame: undefined,
  },
});
