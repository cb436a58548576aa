import { URLS } from './connect-failure.js';
import { isAway } from './is-away.js';
import { withoutSecrets } from './server-urls.js';
import { StreamingError } from './streaming-error.js';

/** The connection was given up, or is being closed. */
const CLOSED = ['ClosedConnectionError', 'DrainingConnectionError'];

/** The errors of a server that was there, and is not any more. */
export const isGone = (error: unknown): boolean =>
  isAway(error) || (error instanceof Error && CLOSED.includes(error.name));

/** @param why what the NATS library said */
export const wentAway = (servers: readonly string[], why: string, cause?: unknown): StreamingError =>
  new StreamingError(
    'NOT_CONNECTED',
    `No connection to NATS at ${withoutSecrets(servers)} any more: ${why}. Start it again, or name another one in ${URLS}.`,
    { cause },
  );
