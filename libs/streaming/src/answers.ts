import { setTimeout as pause } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';

/** Whether the server answers this connection within the time, milliseconds. Never fails. */
export async function answers(connection: NatsConnection, withinMs = 2_000): Promise<boolean> {
  const done = new AbortController();
  const late = pause(withinMs, false, { signal: done.signal }).catch(() => false);
  try {
    return await Promise.race([connection.rtt().then(() => true), late]);
  } catch {
    // It is away: the connection comes back by itself.
    return false;
  } finally {
    done.abort();
  }
}
