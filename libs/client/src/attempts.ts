import { setTimeout as pause } from 'node:timers/promises';
import { ClientError } from './client-error.js';
import type { Retry } from './client-options.js';

/** How often and how soon a call that is safe to repeat is made again after `UNAVAILABLE`. */
export interface Retries {
  /** Repetitions in a row without any success; 0: none. Default 10, which is about half a minute. */
  readonly attempts: number;
  /** Milliseconds before the first repetition, doubled each time. Default 250. */
  readonly firstDelayMs: number;
  /** Default 5000. */
  readonly mostDelayMs: number;
}

export const DEFAULT_RETRIES: Retries = Object.freeze({ attempts: 10, firstDelayMs: 250, mostDelayMs: 5000 });

export interface Attempts {
  /** Something came through: the count begins anew. */
  succeeded(): void;
  /**
   * Waits until it is time for the next attempt, with jitter so that the clients of a service do not come back all at once.
   * @throws the error itself when it is not worth another attempt, or there have been enough; an AbortError at the signal
   */
  failed(error: unknown): Promise<void>;
}

/** Counts the attempts at a stream, which is opened again where it broke off. Single calls are repeated by nice-grpc. */
export function countAttempts(
  method: string,
  rule: Retries,
  { signal, onRetry }: { signal?: AbortSignal | undefined; onRetry?: ((retry: Retry) => void) | undefined },
): Attempts {
  let failures = 0;
  return {
    succeeded: () => {
      failures = 0;
    },
    failed: async (error) => {
      if (!(error instanceof ClientError) || !error.retriable || failures >= rule.attempts) throw error;
      const longest = Math.min(rule.mostDelayMs, rule.firstDelayMs * 2 ** failures);
      const delayMs = Math.round((longest * (1 + Math.random())) / 2);
      failures += 1;
      onRetry?.({ method, attempt: failures, delayMs, error });
      await pause(delayMs, undefined, signal === undefined ? {} : { signal });
    },
  };
}
