import type { ClientError } from './client-error.js';
import type { Retries } from './attempts.js';

/** PEM texts. Without `ca` the authorities that Node knows are trusted; `cert` and `key` are the client's own, for mutual TLS. */
export interface TlsOptions {
  readonly ca?: string | Uint8Array;
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
}

/** A call that is about to be made again. */
export interface Retry {
  /** Name of the call, such as `GetJob`. */
  readonly method: string;
  /** 1 for the first repetition. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly error: ClientError;
}

export interface ClientOptions {
  /** `host:port`, or `https://host` for TLS. */
  readonly address: string;
  /** Sent with each call as `authorization: Bearer …`. Without TLS it can be read on the way. */
  readonly token?: string | undefined;
  /** Speaks TLS; `{}` is enough for a server with a public certificate. */
  readonly tls?: TlsOptions | undefined;
  readonly retries?: Partial<Retries> | undefined;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** More metadata for each call, or a function that makes it, such as one that injects a trace context. */
  readonly metadata?: CallMetadata | ((method: string) => CallMetadata) | undefined;
}

export type CallMetadata = Readonly<Record<string, string>>;

/** What each call can be told. */
export interface CallOptions {
  /** Ends the call; what it was doing is stopped in the service, too. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from now until the whole, repetitions included, ends with `DEADLINE_EXCEEDED`. Default: none. */
  readonly deadlineMs?: number | undefined;
  /** W3C trace context; default: that of the span which is active, where the program uses OpenTelemetry. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}
