import { setTimeout as pause } from 'node:timers/promises';
import {
  AckPolicy,
  DeliverPolicy,
  jetstream,
  jetstreamManager,
  JetStreamApiCodes,
  JetStreamError,
  type Consumer,
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

/** A message that is this process's for now. Exactly one of its ends must be called: everything but the fields is an end. */
export interface Lease {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
  /** 1 for the first that gets it. */
  readonly tries: number;
  /** The work is done, and what came of it is kept elsewhere: the message is gone, unless the server is away and gives it again. */
  done(): Promise<void>;
  /** Somebody else shall have it, after a delay. */
  giveBack(delayMs?: number): void;
  /** Nobody shall have it again. */
  giveUp(): void;
  /** No more signs of life, and no answer: somebody else has it already. */
  letGo(): void;
}

const LEASE_MS = 5_000;
const NANOSECONDS = 1e6;
/** Waiting messages a server hands out in all: more than all colorizers of a large service hold. */
const MOST_OUT = 10_000;
/** A job's own queue that nobody takes from any more is forgotten. */
const FORGOTTEN_MS = 5 * 60_000;
const BETWEEN_TRIES_MS = 100;

/**
 * Takes messages from a queue as they come, until the signal, and never holds more than it may: the next ones are asked for
 * when others have ended. While one is held, signs of life are sent for it; a process that dies stops sending them, and
 * others get what it held. Goes on when a server was away.
 * @throws JetStreamApiError when the stream is not there and `ensure` was not given
 */
export async function* takeLeases(connection: NatsConnection, options: LeaseOptions): AsyncGenerator<Lease, void> {
  const { leaseMs = LEASE_MS, ahead, signal, ensure } = options;
  const held = new HeldLeases(leaseMs);
  const stopped = (): boolean => signal.aborted || connection.isClosed();
  const wake = (): void => {
    held.wake();
  };
  signal.addEventListener('abort', wake);
  let queue: Consumer | undefined;
  try {
    while (!stopped()) {
      if (held.size >= ahead) {
        await held.change();
        continue;
      }
      try {
        queue ??= await openQueue(connection, options);
        const asked = await queue.fetch({ max_messages: ahead - held.size, expires: PULL_MS });
        for await (const message of stoppedBy(asked, signal)) {
          // What had come ahead when the signal came is handed back at once.
          if (stopped()) message.nak();
          else yield held.add(message);
        }
      } catch (error) {
        if (stopped()) return;
        queue = undefined;
        if (isLost(error) && ensure !== undefined) await unlessAway(ensure);
        else if (!isAway(error) && !isMissed(error)) throw error;
        await pause(BETWEEN_TRIES_MS);
      }
    }
  } finally {
    signal.removeEventListener('abort', wake);
    held.release();
  }
}

/** Forgets a queue that nobody will take from any more. One that is not there, or whose server is away, is left to time. */
export async function endQueue(connection: NatsConnection, kind: Kind, queue: string): Promise<void> {
  try {
    const manager = await jetstreamManager(connection);
    await manager.consumers.delete(streamOf(kind), queue);
  } catch (error) {
    if (!isAway(error) && !isLost(error)) throw error;
  }
}

async function openQueue(connection: NatsConnection, options: LeaseOptions): Promise<Consumer> {
  const { kind, queue, job, leaseMs = LEASE_MS } = options;
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
  return jetstream(connection).consumers.get(streamOf(kind), queue);
}

/** How long one request for messages stands; then the next one does. */
const PULL_MS = 5_000;

/** The request was lost with the server, or with the queue: its signs of life stopped. */
const isMissed = (error: unknown): boolean =>
  error instanceof JetStreamError && (error.name === 'JetStreamStatusError' || /heartbeat/i.test(error.message));

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

/** The messages that a process holds, with a sign of life for each. */
class HeldLeases {
  readonly #ends = new Set<() => void>();
  #wake: () => void = () => undefined;

  constructor(private readonly leaseMs: number) {}

  get size(): number {
    return this.#ends.size;
  }

  /** Waits until one more has ended, or `wake`. */
  change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  wake(): void {
    this.#wake();
  }

  /** No more signs of life: others get what is still held. */
  release(): void {
    for (const end of this.#ends) end();
  }

  add(message: JsMsg): Lease {
    const alive = setInterval(() => {
      message.working();
    }, this.leaseMs / 3);
    const end = (): void => {
      clearInterval(alive);
      this.#ends.delete(end);
      this.#wake();
    };
    this.#ends.add(end);
    return {
      subject: message.subject,
      data: message.data,
      headers: new Map([...(message.headers ?? [])].map(([name, [value = '']]) => [name, value])),
      tries: message.info.deliveryCount,
      done: async () => {
        try {
          await message.ackAck();
        } catch (error) {
          // The server is away: if it still has the message when it returns, somebody does the work again.
          if (!isAway(error)) throw error;
        } finally {
          end();
        }
      },
      giveBack: (delayMs) => {
        end();
        message.nak(delayMs);
      },
      giveUp: () => {
        end();
        message.term();
      },
      letGo: end,
    };
  }
}
