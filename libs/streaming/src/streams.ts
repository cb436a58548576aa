import { isDeepStrictEqual } from 'node:util';
import {
  jetstreamManager,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { hasApiCode } from './api-code.js';
import { explainNoRoom, type Room } from './no-room.js';
import { jobOf, KINDS, streamOf, type Kind } from './subjects.js';

/** Bytes that one message may have. NATS allows 1 MB by default, headers included. */
export const LARGEST_MESSAGE = 1_000_000;
const NANOSECONDS = 1e6;
/** How long a message id is remembered: longer than any service takes to start again and send what it had sent. */
const REMEMBERED_MS = 2 * 60_000;

export interface StreamOptions {
  /** Copies of each stream, on as many servers of a cluster. */
  readonly replicas?: number;
  /** Frames of one job that may wait in `luma`, and in `chroma`. */
  readonly window?: number;
  /** Bytes that all sources, and all results, may take. */
  readonly fileBytes?: number;
  /** Bytes that all waiting luma, and all waiting chroma, may take. */
  readonly memoryBytes?: number;
}

const GIB = 2 ** 30;
const TASK_BYTES = 2 ** 26;
const DEFAULTS = { replicas: 1, window: 64, fileBytes: 64 * GIB, memoryBytes: GIB } as const;

/** What streams of frames have in common: they can be computed again, so memory will do, and a full window refuses. */
const frames = ({ window, memoryBytes }: Required<StreamOptions>): Partial<StreamConfig> => ({
  storage: StorageType.Memory,
  max_msgs_per_subject: window,
  discard: DiscardPolicy.New,
  discard_new_per_subject: true,
  max_bytes: memoryBytes,
});

/** What streams of bytes have in common: they must survive, and are deleted with their job. */
const bytes = ({ fileBytes }: Required<StreamOptions>): Partial<StreamConfig> => ({
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  max_bytes: fileBytes,
});

/** What tasks have in common: they outlive the server, and one process has each. */
const task = (): Partial<StreamConfig> => ({
  storage: StorageType.File,
  retention: RetentionPolicy.Workqueue,
  max_msgs_per_subject: 1,
  max_bytes: TASK_BYTES,
});

const CONFIGS: Readonly<Record<Kind, (options: Required<StreamOptions>) => Partial<StreamConfig>>> = {
  source: bytes,
  // Whoever colours takes from one queue; a frame is gone when its colours are published.
  luma: (options) => ({ ...frames(options), retention: RetentionPolicy.Workqueue }),
  // One encoder a job; a frame is gone when the encoder has it.
  chroma: (options) => ({ ...frames(options), retention: RetentionPolicy.Workqueue }),
  segment: bytes,
  result: bytes,
  // One task a job: whoever takes it keeps it until the job has ended.
  decode: task,
  encode: task,
  dead: (options) => ({ ...bytes(options), max_msgs_per_subject: 1000, max_bytes: GIB }),
};

/**
 * Makes the streams, or brings those that are there to these settings. Several services may do so at the same time. Uses
 * nothing that a server of version 2.9 lacks.
 * @throws ConfigError when the server has too little room for these settings; JetStreamApiError when it refuses for something else
 */
export async function ensureStreams(connection: NatsConnection, options: StreamOptions = {}): Promise<void> {
  const manager = await jetstreamManager(connection);
  const settings = { ...DEFAULTS, ...options };
  for (const kind of KINDS) {
    const config = {
      name: streamOf(kind),
      subjects: [`${kind}.*`],
      num_replicas: settings.replicas,
      max_msg_size: LARGEST_MESSAGE,
      duplicate_window: REMEMBERED_MS * NANOSECONDS,
      ...CONFIGS[kind](settings),
    };
    try {
      await addOrUpdate(manager, config);
    } catch (error) {
      throw explainNoRoom(error, settings, roomFor(settings));
    }
  }
}

async function addOrUpdate(manager: JetStreamManager, config: Partial<StreamConfig> & { name: string }): Promise<void> {
  // Looked for first: a single server, asked to add a stream that it has, wants room for another before it compares the two.
  if (await bring(manager, config)) return;
  try {
    await manager.streams.add(config);
  } catch (error) {
    // Refused: another service may have been quicker, with the last of the room.
    if (!(error instanceof JetStreamApiError && (await bring(manager, config)))) throw error;
  }
}

/** Brings a stream to these settings. @returns false when it is not there */
async function bring(manager: JetStreamManager, config: Partial<StreamConfig> & { name: string }): Promise<boolean> {
  try {
    const { config: now } = await manager.streams.info(config.name);
    if (!isDeepStrictEqual({ ...now, ...config }, now)) await manager.streams.update(config.name, config);
    return true;
  } catch (error) {
    if (!hasApiCode(error, JetStreamApiCodes.StreamNotFound)) throw error;
    return false;
  }
}

/** What all streams may take. */
function roomFor(settings: Required<StreamOptions>): Room {
  const room = { file: 0, memory: 0 };
  for (const kind of KINDS) {
    const { storage, max_bytes = 0 } = CONFIGS[kind](settings);
    room[storage === StorageType.Memory ? 'memory' : 'file'] += max_bytes;
  }
  return room;
}

/**
 * How many messages of a job wait in a stream, or are held by somebody who has not finished with them.
 * @throws JetStreamApiError when the stream is not there
 */
export async function countMessages(connection: NatsConnection, kind: Kind, job: string): Promise<number> {
  const manager = await jetstreamManager(connection);
  const subject = `${kind}.${job}`;
  const { state } = await manager.streams.info(streamOf(kind), { subjects_filter: subject });
  return state.subjects?.[subject] ?? 0;
}

/** Ids of the jobs that have anything in a stream, in no order. */
export async function jobsIn(connection: NatsConnection, kind: Kind): Promise<string[]> {
  const manager = await jetstreamManager(connection);
  const { state } = await manager.streams.info(streamOf(kind), { subjects_filter: `${kind}.*` });
  return Object.keys(state.subjects ?? {}).map(jobOf);
}

/** Deletes everything of one job in the streams of these kinds. */
export async function forgetJob(
  connection: NatsConnection,
  job: string,
  kinds: readonly Kind[] = KINDS,
): Promise<void> {
  const manager = await jetstreamManager(connection);
  await Promise.all(kinds.map((kind) => manager.streams.purge(streamOf(kind), { filter: `${kind}.${job}` })));
}
