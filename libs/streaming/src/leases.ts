import { setTimeout as pause } from 'node:timers/promises';
import {
  AckPolicy,
  DeliverPolicy,
  jetstream,
  jetstreamManager,
  JetStreamApiCodes,
  type ConsumerMessages,
  type JsMsg,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { hasApiCode } from './api-code.js';
import { isAway } from './is-away.js';
import { stoppedBy } from './stopped-by.js';
import { streamOf, type Kind } from './subjects.js';

export interface LeaseOptions {
  readonly kind: Kind;
  /** Name of the queue: everyone who takes by the same name shares the messages. */
  readonly queue: string;
  /** Only this job's; default: every job's. */
  readonly job?: string;
  /** Messages that this process may hold at a time. */
  readonly ahead: number;
  /** How long a message may be held without a sign of life before another gets it; default 5 s. */
  readonly leaseMs?: number;
  /** Makes the stream again where a server has lost it, as one that restarts loses streams in memory. Default: that is an error. */
  readonly ensure?: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** A message that is this process's for now. Exactly one of its ends must be called. */
export interface Lease {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
  /** 1 for the first that gets it. */
  readonly tries: number;
  /** The work is done, and what came of it is kept elsewhere: the message is gone. */
  done(): Promise<void>;
  /** Somebody else shall have it, after a delay. */
  giveBack(delayMs?: number): void;
  /** Nobody shall have it again. */
  giveUp(): void;
}

const LEASE_MS = 5_000;
const NANOSECONDS = 1e6;
/** Waiting messages a server hands out in all: more than all colorizers of a large service hold. */
const MOST_OUT = 10_000;
/** A job's own queue that nobody takes from any more is forgotten. */
const FORGOTTEN_MS = 5 * 60_000;
const BETWEEN_TRIES_MS = 100;

/**
 * Takes messages from a queue as they come, until the signal. While one is held, signs of life are sent for it; a process
 * that dies stops sending them, and others get what it held. Goes on when a server was away.
 * @throws JetStreamApiError when the stream is not there and `ensure` was not given
 */
export async function* takeLeases(connection: NatsConnection, options: LeaseOptions): AsyncGenerator<Lease, void> {
  const { leaseMs = LEASE_MS, signal, ensure } = options;
  const held = new Set<() => void>();
  const stopped = (): boolean => signal.aborted;
  try {
    while (!stopped()) {
      try {
        for await (const message of stoppedBy(await openQueue(connection, options), signal)) {
          // What had come ahead when the signal came is handed back at once.
          if (stopped()) message.nak();
          else yield leaseOf(message, leaseMs, held);
        }
      } catch (error) {
        if (stopped() || connection.isClosed()) return;
        if (isLost(error) && ensure !== undefined) await unlessAway(ensure);
        else if (!isAway(error)) throw error;
      }
      if (!stopped()) await pause(BETWEEN_TRIES_MS);
    }
  } finally {
    for (const release of held) release();
  }
}

async function openQueue(connection: NatsConnection, options: LeaseOptions): Promise<ConsumerMessages> {
  const { kind, queue, job, ahead, leaseMs = LEASE_MS } = options;
  const manager = await jetstreamManager(connection);
  await manager.consumers.add(streamOf(kind), {
    durable_name: queue,
    filter_subject: `${kind}.${job ?? '*'}`,
    ack_policy: AckPolicy.Explicit,
    ack_wait: leaseMs * NANOSECONDS,
    deliver_policy: DeliverPolicy.All,
    max_ack_pending: MOST_OUT,
    ...(job === undefined ? {} : { inactive_threshold: FORGOTTEN_MS * NANOSECONDS }),
  });
  const consumer = await jetstream(connection).consumers.get(streamOf(kind), queue);
  return consumer.consume({
    max_messages: ahead,
    threshold_messages: Math.max(1, Math.floor(ahead / 2)),
    abort_on_missing_resource: true,
  });
}

/** The stream or the queue is not there (any more). */
const isLost = (error: unknown): boolean =>
  hasApiCode(error, JetStreamApiCodes.StreamNotFound) || hasApiCode(error, JetStreamApiCodes.ConsumerNotFound);

async function unlessAway(ensure: () => Promise<void>): Promise<void> {
  try {
    await ensure();
  } catch (error) {
    if (!isAway(error)) throw error;
  }
}

function leaseOf(message: JsMsg, leaseMs: number, held: Set<() => void>): Lease {
  const alive = setInterval(() => {
    message.working();
  }, leaseMs / 3);
  const end = (): void => {
    clearInterval(alive);
    held.delete(end);
  };
  held.add(end);
  return {
    subject: message.subject,
    data: message.data,
    headers: new Map([...(message.headers ?? [])].map(([name, [value = '']]) => [name, value])),
    tries: message.info.deliveryCount,
    done: async () => {
      end();
      await message.ackAck();
    },
    giveBack: (delayMs) => {
      end();
      message.nak(delayMs);
    },
    giveUp: () => {
      end();
      message.term();
    },
  };
}
