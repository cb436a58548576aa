import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { publishInWindow, subjectOf } from '@kinemacolor/streaming';

/** What is done for a job from its beginning to its end, each by one process at a time. */
export const TASKS = ['decode', 'encode'] as const;
export type TaskKind = (typeof TASKS)[number];

/** Queue of each kind: every process of that kind takes from it. */
export const QUEUES: Readonly<Record<TaskKind, string>> = { decode: 'decoders', encode: 'encoders' };

/** Queue that all colorizers take luma from. */
export const COLORIZERS = 'colorizers';

/** Hands a job to a decoder and an encoder. May be done twice: a job has one task of each kind. */
export async function startTasks(connection: NatsConnection, job: string): Promise<void> {
  const stream = jetstream(connection);
  await Promise.all(
    TASKS.map((kind) =>
      publishInWindow(stream, {
        subject: subjectOf(kind, job),
        id: `${job}:${kind}`,
        data: new TextEncoder().encode(job),
      }),
    ),
  );
}
