import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { streamOf, type Kind } from './subjects.js';

/**
 * Messages of a queue that nobody has taken yet.
 * @throws JetStreamApiError where there is no such queue, or the server is away
 */
export async function waitingIn(connection: NatsConnection, kind: Kind, queue: string): Promise<number> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const { num_pending: waiting } = await manager.consumers.info(streamOf(kind), queue);
  return waiting;
}
