import { setTimeout as pause } from 'node:timers/promises';

const NAMES = ['TimeoutError', 'NoResponders', 'RequestError', 'JetStreamNotEnabled', 'ConnectionError'];

/** The server restarts, or elects, or has just lost the stream: worth another try. */
export const isAway = (error: unknown): boolean => error instanceof Error && NAMES.includes(error.name);

const PATIENCE_MS = 2 * 60_000;
const BETWEEN_TRIES_MS = 100;

/** Does what may be done twice, again and again while the server is away. @throws its last error after two minutes */
export async function despiteAbsence<T>(work: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error) || performance.now() > until) throw error;
      await pause(BETWEEN_TRIES_MS);
    }
  }
}
