import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats, type NatsOptions } from './connect.js';
import { despiteAbsence } from './is-away.js';
import { isGone, wentAway } from './not-connected.js';
import { withoutSecrets } from './server-urls.js';
import { StreamingError } from './streaming-error.js';
import { ensureStreams, type StreamOptions } from './streams.js';

const PATIENCE_MS = 10_000;

/** A service's connection to NATS, with the streams in place. */
export interface Bus {
  readonly connection: NatsConnection;
  /** Makes the streams that are not there: a server that restarts has lost those in memory. */
  readonly ensure: () => Promise<void>;
}

export interface BusOptions extends NatsOptions {
  readonly streams?: StreamOptions;
}

/**
 * Connects and makes the streams; whenever the server comes back, they are made again where it has lost them.
 * @throws StreamingError `NOT_CONNECTED`, also to a server without JetStream, or one that goes meanwhile; ConfigError when it has too
 *   little room for the streams; JetStreamApiError when it refuses them for something else
 */
export async function openBus({ streams, ...options }: BusOptions): Promise<Bus> {
  const connection = await connectNats(options);
  const ensure = (): Promise<void> => ensureStreams(connection, streams);
  try {
    // A cluster that has just started has no leader yet.
    await despiteAbsence(ensure, options.patienceMs ?? PATIENCE_MS);
  } catch (error) {
    await connection.close();
    if (error instanceof Error && error.name === 'JetStreamNotEnabled') throw withoutJetStream(options, error);
    throw isGone(error) ? wentAway(options.servers, (error as Error).message, error) : error;
  }
  void ensureWhenBack(connection, ensure);
  return { connection, ensure };
}

const withoutJetStream = ({ servers }: NatsOptions, cause: Error): StreamingError =>
  new StreamingError(
    'NOT_CONNECTED',
    `NATS at ${withoutSecrets(servers)} has no JetStream for us. Start it with JetStream (nats-server --jetstream), or give our account some.`,
    { cause },
  );

/** Ends with the connection. */
async function ensureWhenBack(connection: NatsConnection, ensure: () => Promise<void>): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type !== 'reconnect') continue;
    try {
      await ensure();
    } catch {
      // It went again: there will be another return. What else is wrong is met by whoever uses the stream.
    }
  }
}
