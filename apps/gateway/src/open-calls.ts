import { setTimeout as pause } from 'node:timers/promises';
import { ServerError, Status } from 'nice-grpc';

/** Why a call is stopped that its client has not given up. */
export class Draining extends Error {
  override readonly name = 'Draining';
}

/**
 * How a call takes the end of the service: `answer` is short and is finished; `resume` is ended at once, as the client can go
 * on with it at another gateway; `finish` may use the whole time that there is.
 */
export type Parting = 'answer' | 'resume' | 'finish';

export interface OpenCall {
  /** Fires when the client is gone, or with `Draining` when the service is. */
  readonly signal: AbortSignal;
  close(): void;
}

/** The calls that are open, so that the service can end. */
export class OpenCalls {
  readonly #calls = new Map<symbol, { readonly parting: Parting; readonly stop: AbortController }>();
  #draining = false;

  get size(): number {
    return this.#calls.size;
  }

  /** @throws ServerError `UNAVAILABLE` when the service takes no more */
  open(parting: Parting, client: AbortSignal): OpenCall {
    if (this.#draining) throw stopping();
    const key = Symbol('call');
    const stop = new AbortController();
    const onGone = (): void => {
      stop.abort(client.reason);
    };
    if (client.aborted) onGone();
    else client.addEventListener('abort', onGone);
    this.#calls.set(key, { parting, stop });
    return {
      signal: stop.signal,
      close: () => {
        client.removeEventListener('abort', onGone);
        this.#calls.delete(key);
      },
    };
  }

  /** Takes no more calls, and ends those that are open, each by its way of parting. Returns when none is left, or it is late. */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true;
    const until = performance.now() + graceMs;
    this.#stop((parting) => parting === 'resume');
    while (this.#calls.size > 0 && performance.now() < until) await pause(LOOK_MS);
    this.#stop(() => true);
    const late = performance.now() + LAST_WORDS_MS;
    while (this.#calls.size > 0 && performance.now() < late) await pause(LOOK_MS);
  }

  #stop(which: (parting: Parting) => boolean): void {
    for (const { parting, stop } of this.#calls.values()) if (which(parting)) stop.abort(new Draining());
  }
}

const LOOK_MS = 20;
/** What a call may take to end once it was stopped. */
const LAST_WORDS_MS = 1_500;

/** What a client is told that shall go elsewhere. */
export const stopping = (): ServerError =>
  new ServerError(Status.UNAVAILABLE, 'This gateway is stopping. Another one, or its successor, answers in a moment.');
