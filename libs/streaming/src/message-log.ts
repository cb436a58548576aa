import {
  DeliverPolicy,
  jetstream,
  jetstreamManager,
  JetStreamApiCodes,
  type JetStreamClient,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { hasApiCode } from './api-code.js';
import { endReader } from './end-reader.js';
import { despiteAbsence } from './is-away.js';
import { stoppedBy } from './stopped-by.js';
import { StreamingError } from './streaming-error.js';
import { streamOf, subjectOf, type Kind } from './subjects.js';

/** Messages of one job in order, with one writer at a time. */
export interface LogWriter {
  /** Of the last message; 0: there is none yet. */
  readonly sequence: number;
  /**
   * Returns the message's sequence when it is on the disk.
   * @param id what it is: a second one of the same id is dropped
   * @throws StreamingError `CONTENDED` when somebody else writes too
   */
  readonly append: (id: string, data: Uint8Array) => Promise<number>;
  /** Deletes messages that nobody will read again, by their sequences; never the last one, which writers go by. */
  readonly forget: (sequences: readonly number[]) => Promise<void>;
}

export interface LogEntry {
  readonly data: Uint8Array;
  readonly sequence: number;
}

/** @param sequence of the log's last message as the writer knows it */
export function openLogWriter(connection: NatsConnection, kind: Kind, job: string, sequence: number): LogWriter {
  const stream = jetstream(connection);
  let last = sequence;
  return {
    get sequence() {
      return last;
    },
    append: async (id, data) => {
      last = await publishAfter(stream, { kind, job, id, data, last });
      return last;
    },
    forget: async (sequences) => {
      for (const sequence of sequences) await deleteEntry(connection, kind, sequence);
    },
  };
}

async function deleteEntry(connection: NatsConnection, kind: Kind, sequence: number): Promise<void> {
  const manager = await jetstreamManager(connection);
  try {
    await despiteAbsence(() => manager.streams.deleteMessage(streamOf(kind), sequence, false));
  } catch (error) {
    // An earlier try has done it, or somebody else.
    if (!GONE.some((code) => hasApiCode(error, code))) throw error;
  }
}

/** There is no such message, as different versions of the server say it. */
const GONE = [JetStreamApiCodes.NoMessageFound, 10_043, 10_057];

/** The log's last message. */
export async function lastEntry(connection: NatsConnection, kind: Kind, job: string): Promise<LogEntry | undefined> {
  return despiteAbsence(async () => {
    const manager = await jetstreamManager(connection);
    const message = await manager.streams.getMessage(streamOf(kind), { last_by_subj: subjectOf(kind, job) });
    return message === null ? undefined : { data: message.data, sequence: message.seq };
  });
}

/** Every message from the first on, and then as they come, until the signal. Goes on when a server was away. */
export async function* readLog(
  connection: NatsConnection,
  kind: Kind,
  job: string,
  { ahead = AHEAD, signal }: { readonly ahead?: number; readonly signal: AbortSignal },
): AsyncGenerator<LogEntry, void> {
  if (signal.aborted) return;
  const consumer = await despiteAbsence(() =>
    jetstream(connection).consumers.get(streamOf(kind), {
      filter_subjects: subjectOf(kind, job),
      deliver_policy: DeliverPolicy.All,
    }),
  );
  try {
    const messages = await consumer.consume({ max_messages: ahead, ...SIGNS_OF_LIFE });
    for await (const { data, seq } of stoppedBy(messages, signal)) yield { data, sequence: seq };
  } finally {
    endReader(consumer);
  }
}

/** By them a reader notices within seconds that the server was away, and asks again; by default it takes half a minute. */
const SIGNS_OF_LIFE = { expires: 5_000, idle_heartbeat: 1_000 };

/** Messages that are fetched ahead of the reader: 4 MiB at most. */
const AHEAD = 8;

interface Append {
  readonly kind: Kind;
  readonly job: string;
  readonly id: string;
  readonly data: Uint8Array;
  readonly last: number;
}

async function publishAfter(stream: JetStreamClient, { kind, job, id, data, last }: Append): Promise<number> {
  try {
    const expect = { lastSubjectSequence: last };
    const publish = async () => stream.publish(subjectOf(kind, job), data, { msgID: id, expect });
    return (await despiteAbsence(publish)).seq;
  } catch (error) {
    if (hasApiCode(error, JetStreamApiCodes.StreamWrongLastSequence)) {
      throw new StreamingError('CONTENDED', `Somebody else writes ${kind} ${job} too.`, { cause: error });
    }
    throw error;
  }
}
