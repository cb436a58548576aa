import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '../connect.js';
import { startNatsServer, type NatsServer } from '../server/nats-server.js';
import { ensureStreams, type StreamOptions } from '../streams.js';

/** A real server with our streams, and a connection to it. */
export interface TestBus {
  readonly server: NatsServer;
  readonly connection: NatsConnection;
  readonly stream: JetStreamClient;
  readonly manager: JetStreamManager;
  close(): Promise<void>;
}

/** Small limits, so that a server on a small machine takes them. */
const SMALL = { fileBytes: 2 ** 28, memoryBytes: 2 ** 26 };

export async function openTestBus(folder: string, options: StreamOptions = {}): Promise<TestBus> {
  const server = await startNatsServer({ folder });
  const connection = await connectNats({ servers: [server.url], name: 'test' });
  await ensureStreams(connection, { ...SMALL, ...options });
  return {
    server,
    connection,
    stream: jetstream(connection),
    manager: await jetstreamManager(connection),
    close: async () => {
      await connection.close();
      await server.stop();
    },
  };
}
