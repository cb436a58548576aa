import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import {
  connect,
  credsAuthenticator,
  type Authenticator,
  type ConnectionOptions,
  type NatsConnection,
} from '@nats-io/transport-node';
import { explainFailure, isAlert } from './connect-failure.js';
import { readServerUrls } from './server-urls.js';
import { StreamingError } from './streaming-error.js';

export interface NatsOptions {
  /** URLs of the servers, such as `nats://127.0.0.1:4222`, or `nats://USER:PASSWORD@127.0.0.1:4222`. */
  readonly servers: readonly string[];
  /** Who this is, as the server's own tools show it. */
  readonly name: string;
  /** File of credentials; none: no authentication but what the URLs say. */
  readonly credentials?: string;
  /** Files of the authority (default: those of the system), and of the certificate and key that this side shows (mutual TLS). */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** How long the first connection is tried; default 10 s. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 10_000;
const BETWEEN_TRIES_MS = 250;
/** A server that refuses our certificate goes without a word, which the NATS library takes for slowness. */
const TLS_TIMEOUT_MS = 3_000;

/**
 * Connects, and tries so for a while when no server is there yet: services may start in any order. What stays wrong, such as
 * a password, is told at once. Once connected, the connection comes back by itself whenever the server does.
 * @throws StreamingError `NOT_CONNECTED`, which says what to do and shows no password
 */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const { credentials, tls, patienceMs = PATIENCE_MS } = options;
  const wire = await wireOptions(options);
  const given = { login: credentials !== undefined || hasLogin(wire), certificate: tls?.cert !== undefined };
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await connect(wire);
    } catch (error) {
      const { why, mayPass } = explainFailure((await alertBehind(error, wire)) ?? error, given);
      if (!mayPass || performance.now() >= until) {
        const where = (wire.servers as string[]).join(', ');
        throw new StreamingError('NOT_CONNECTED', `No connection to NATS at ${where}: ${why}`, { cause: error });
      }
      await pause(BETWEEN_TRIES_MS);
    }
  }
}

async function wireOptions({ servers: urls, name, credentials, tls }: NatsOptions): Promise<ConnectionOptions> {
  const { servers, login } = readServerUrls(urls);
  return {
    servers: [...servers],
    ...login,
    name,
    maxReconnectAttempts: -1,
    // A server may be started with the wrong users by mistake: that must not cost the services their connection for good.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: BETWEEN_TRIES_MS,
    ...(credentials === undefined ? {} : { authenticator: await readCredentials(credentials) }),
    ...(tls === undefined ? {} : { tls: filesOf(tls), timeout: TLS_TIMEOUT_MS }),
  };
}

const hasLogin = ({ user, token }: ConnectionOptions): boolean => user !== undefined || token !== undefined;

function filesOf({ ca, cert, key }: NonNullable<NatsOptions['tls']>): NonNullable<ConnectionOptions['tls']> {
  return {
    ...(ca === undefined ? {} : { caFile: ca }),
    ...(cert === undefined ? {} : { certFile: cert }),
    ...(key === undefined ? {} : { keyFile: key }),
  };
}

/** @throws StreamingError `NOT_CONNECTED`: later, in the NATS library, a bad file would only be silence */
async function readCredentials(file: string): Promise<Authenticator> {
  try {
    const authenticator = credsAuthenticator(await readFile(file));
    authenticator('tried');
    return authenticator;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StreamingError(
      'NOT_CONNECTED',
      `${file} has no NATS credentials: ${reason}. Name the .creds file of a user in KINEMACOLOR_NATS_CREDENTIALS.`,
      { cause: error },
    );
  }
}

/**
 * In TLS 1.3 a client is done before the server has looked at its certificate; in 1.2 it is told.
 * @returns how the server refuses the certificate; undefined when it does not, or that is not what went wrong
 */
async function alertBehind(error: unknown, wire: ConnectionOptions): Promise<unknown> {
  if (!(error instanceof Error && error.name === 'TimeoutError') || !wire.tls) return undefined;
  try {
    // The NATS library hands what it does not know on to Node.js.
    const older = { ...wire.tls, maxVersion: 'TLSv1.2' };
    const connection = await connect({ ...wire, tls: older, reconnect: false });
    await connection.close();
    return undefined;
  } catch (alert) {
    return isAlert(alert) ? alert : undefined;
  }
}
