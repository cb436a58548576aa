import { setTimeout as pause } from 'node:timers/promises';
import { hasApiCode } from './api-code.js';

const NAMES = ['TimeoutError', 'NoResponders', 'RequestError', 'JetStreamNotEnabled', 'ConnectionError'];

/** What a cluster answers that has no leader for a moment, or has not agreed yet on a message before this one. */
const NOT_YET = [
  // JetStream system temporarily unavailable; the cluster cannot handle the request.
  10008, 10009,
  // The same message, or another one behind the same last one, is on its way.
  10158, 10164,
];

/** The server restarts, or elects, or has just lost the stream: worth another try. */
export const isAway = (error: unknown): boolean =>
  error instanceof Error && (NAMES.includes(error.name) || NOT_YET.some((code) => hasApiCode(error, code)));

const PATIENCE_MS = 2 * 60_000;
const BETWEEN_TRIES_MS = 100;

/**
 * Does what may be done twice, again and again while the server is away.
 * @param patienceMs how long; default two minutes
 * @throws its last error after that
 */
export async function despiteAbsence<T>(work: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error) || performance.now() > until) throw error;
      await pause(BETWEEN_TRIES_MS);
    }
  }
}
