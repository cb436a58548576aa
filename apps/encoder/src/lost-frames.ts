import { setTimeout as pause } from 'node:timers/promises';
import { askWhereabouts } from '@kinemacolor/jobs';
import { countMessages, isAway } from '@kinemacolor/streaming';
import type { NatsConnection } from '@nats-io/transport-node';

export interface LossWatch {
  readonly connection: NatsConnection;
  readonly job: string;
  /** What the encoder waits for. */
  readonly place: () => { readonly epoch: number; readonly next: number };
  /** The frames from `next` on are nowhere: have them made again. */
  readonly onLoss: (next: number) => Promise<void>;
  readonly signal: AbortSignal;
}

const LOOK_MS = 1_000;

/**
 * Notices frames that are lost, as when a NATS server that kept them in memory was killed: the decoder has published the frame
 * that is due, and no message of the job is left in `luma` or `chroma`, twice in a row. A frame that is being coloured is still
 * in `luma`, so a slow colorizer is no loss.
 */
export async function watchForLoss({ connection, job, place, onLoss, signal }: LossWatch): Promise<void> {
  let suspected: string | undefined;
  while (!signal.aborted) {
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
    if (isAborted(signal)) return;
    const { epoch, next } = place();
    const key = `${epoch}:${next}`;
    const lost = await isLost(connection, job, { epoch, next });
    if (lost && suspected === key) await onLoss(next);
    suspected = lost ? key : undefined;
  }
}

async function isLost(
  connection: NatsConnection,
  job: string,
  { epoch, next }: { readonly epoch: number; readonly next: number },
): Promise<boolean> {
  try {
    // In this order: a message that moves from luma to chroma meanwhile is seen at least once.
    const decoder = await askWhereabouts(connection, job);
    if (decoder?.epoch !== epoch || decoder.nextFrame <= next) return false;
    return (await countMessages(connection, 'luma', job)) + (await countMessages(connection, 'chroma', job)) === 0;
  } catch (error) {
    // A stream that is not there is made again by whoever takes from it; then this looks again.
    if (isAway(error) || (error instanceof Error && error.name.endsWith('NotFoundError'))) return false;
    throw error;
  }
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;
