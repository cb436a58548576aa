import { readFile } from 'node:fs/promises';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { StreamingError } from './streaming-error.js';

export interface NatsOptions {
  /** URLs of the servers, such as `nats://127.0.0.1:4222`. */
  readonly servers: readonly string[];
  /** Who this is, as the server's own tools show it. */
  readonly name: string;
  /** File of credentials; none: no authentication. */
  readonly credentials?: string;
  /** Files of the authority, and of the certificate and key that this side shows (mutual TLS). */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
  /** How long the first connection is tried; default 10 s. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 10_000;
const BETWEEN_TRIES_MS = 250;

/**
 * Connects, and tries so for a while when no server is there yet: services may start in any order. Once connected, the
 * connection comes back by itself whenever the server does.
 * @throws StreamingError `NOT_CONNECTED`
 */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const { servers, name, credentials, tls, patienceMs = PATIENCE_MS } = options;
  const authenticator = credentials === undefined ? undefined : credsAuthenticator(await readFile(credentials));
  const { ca, cert, key } = tls ?? {};
  const files = { caFile: ca, certFile: cert, keyFile: key };
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await connect({
        servers: [...servers],
        name,
        maxReconnectAttempts: -1,
        reconnectTimeWait: BETWEEN_TRIES_MS,
        ...(authenticator === undefined ? {} : { authenticator }),
        ...(tls === undefined
          ? {}
          : { tls: Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined)) }),
      });
    } catch (error) {
      if (performance.now() < until && isRefused(error)) {
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
        continue;
      }
      const reason = error instanceof Error ? error.message : String(error);
      throw new StreamingError('NOT_CONNECTED', `No NATS server at ${servers.join(', ')}: ${reason}`, {
        cause: error,
      });
    }
  }
}

/** Nobody listens there yet; wrong credentials, on the other hand, stay wrong. */
const isRefused = (error: unknown): boolean =>
  error instanceof Error && /connection refused|ECONNREFUSED|timeout/i.test(`${error.name} ${error.message}`);
