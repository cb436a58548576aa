import { Credit } from '@kinemacolor/contracts';
import type { NatsConnection } from '@nats-io/transport-node';

/**
 * How far the decoder may run ahead of the encoder. The window goes from end to end, so the colorizers between never find the
 * chroma of one job's slow encoder in their way.
 *
 * Credit is told again and again and kept nowhere: what gets lost is made good by the next one.
 */
const subject = (job: string): string => `credit.${job}`;

/** How often an encoder that stands still says where it stands, milliseconds. */
const REPEAT_MS = 500;

export interface CreditTeller {
  /** The encoder waits for this frame now. */
  now(credit: Credit): void;
  close(): void;
}

/** The encoder's side. */
export function tellCredit(connection: NatsConnection, job: string, first: Credit): CreditTeller {
  let credit = first;
  const tell = (): void => {
    // While the server is away a message would be kept for its return; the next one is as good.
    if (!connection.isClosed()) connection.publish(subject(job), Credit.encode(credit).finish());
  };
  const timer = setInterval(tell, REPEAT_MS);
  tell();
  return {
    now: (next) => {
      const far = next.epoch !== credit.epoch || next.nextFrame - credit.nextFrame >= STEP;
      credit = next;
      if (far || next.nextFrame % STEP === 0) tell();
    },
    close: () => {
      clearInterval(timer);
    },
  };
}

/** Frames between two tellings. */
const STEP = 4;

export interface CreditWindow {
  /** The encoder's next frame as far as it is known. */
  readonly next: number;
  /** Waits until frame `index` is less than a window ahead of the encoder. @throws the signal's reason */
  roomFor(index: number, window: number): Promise<void>;
  close(): void;
}

/** The decoder's side. Credit of another epoch is that of an encoder that has been replaced. */
export function followCredit(
  connection: NatsConnection,
  job: string,
  { epoch, next: first, signal }: { readonly epoch: number; readonly next: number; readonly signal: AbortSignal },
): CreditWindow {
  let next = first;
  let wake: () => void = () => undefined;
  const subscription = connection.subscribe(subject(job), {
    callback: (error, message) => {
      if (error !== null) return;
      const credit = Credit.decode(message.data);
      if (credit.epoch !== epoch) return;
      next = Math.max(next, credit.nextFrame);
      wake();
    },
  });
  const onAbort = (): void => {
    wake();
  };
  signal.addEventListener('abort', onAbort);
  return {
    get next() {
      return next;
    },
    roomFor: async (index, window) => {
      while (index >= next + window) {
        signal.throwIfAborted();
        await new Promise<void>((resolve) => (wake = resolve));
      }
      signal.throwIfAborted();
    },
    close: () => {
      signal.removeEventListener('abort', onAbort);
      subscription.unsubscribe();
    },
  };
}
