import type { ByteSource } from './byte-source.js';
import type { ClientOptions } from './client-options.js';
import type { Colorization } from './colorization.js';
import { colorize, type StreamOptions } from './colorize.js';
import { openConnection } from './connection.js';
import { openJobs, type Jobs } from './jobs.js';

/** One service, as one token sees it. */
export interface Client {
  /**
   * Colours a film as a stream, both ways at once. Never tried again by itself: a lost connection ends it, and so does a restart
   * of the gateway that cannot wait for its end, with `UNAVAILABLE`. A job outlives both.
   */
  colorize(source: ByteSource, options?: StreamOptions): Colorization;
  readonly jobs: Jobs;
  /** Ends every call with `CANCELLED`. Idempotent. */
  close(): void;
}

/**
 * A client of the service at an address; it connects with its first call, and again whenever it has to.
 * @throws ClientError `INVALID_ARGUMENT` for certificates that cannot be used
 */
export function openClient(options: ClientOptions): Client {
  const connection = openConnection(options);
  return {
    colorize: (source, streamOptions) => colorize(connection, source, streamOptions),
    jobs: openJobs(connection),
    close: () => {
      connection.close();
    },
  };
}
