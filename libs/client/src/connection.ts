import { ColorizationServiceDefinition } from '@kinemacolor/contracts';
import {
  ChannelCredentials,
  createChannel,
  createClientFactory,
  Metadata,
  Status,
  type CallOptions as GrpcCallOptions,
  type Channel,
  type Client,
  type ClientMiddleware,
} from 'nice-grpc';
import { deadlineMiddleware, type DeadlineOptions } from 'nice-grpc-client-middleware-deadline';
import { retryMiddleware, type RetryOptions } from 'nice-grpc-client-middleware-retry';
import { DEFAULT_RETRIES, type Retries } from './attempts.js';
import { ClientError } from './client-error.js';
import type { CallMetadata, CallOptions, ClientOptions, Retry, TlsOptions } from './client-options.js';
import { fromGrpc } from './from-grpc.js';

export type Stub = Client<ColorizationServiceDefinition, RetryOptions & DeadlineOptions>;

/** One channel to the service, and how it is to be used. */
export interface Connection {
  readonly address: string;
  readonly stub: Stub;
  readonly retries: Retries;
  readonly onRetry: ((retry: Retry) => void) | undefined;
  /** Aborted when the client is closed. */
  readonly closed: AbortSignal;
  close(): void;
}

const CHANNEL = {
  // Else a service that comes back is found only after gRPC's own pause, of up to two minutes.
  'grpc.initial_reconnect_backoff_ms': 250,
  'grpc.max_reconnect_backoff_ms': 5000,
  // A service whose machine is gone says nothing: this notices it.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // HTTP/2's 64 KiB would hold a film up on every long line.
  'grpc-node.flow_control_window': 4 * 2 ** 20,
};

/** Connects with the first call. @throws ClientError `INVALID_ARGUMENT` for options that make no sense together */
export function openConnection(options: ClientOptions): Connection {
  const { address, onRetry } = options;
  const retries = { ...DEFAULT_RETRIES, ...options.retries };
  const closing = new AbortController();
  const channel = openChannel(address, options.tls);
  const repeated: RetryOptions = {
    retryMaxAttempts: retries.attempts,
    retryBaseDelayMs: retries.firstDelayMs,
    retryMaxDelayMs: retries.mostDelayMs,
    retryableStatuses: [Status.UNAVAILABLE],
    onRetryableError: (error, attempt, delayMs) => {
      const told = fromGrpc(error, { address });
      if (told instanceof ClientError)
        onRetry?.({ method: methodName(error.path), attempt: attempt + 1, delayMs, error: told });
    },
  };
  // The first one is the innermost: each repetition gets metadata of its own, and the deadline holds for all of them.
  const stub = createClientFactory()
    .use(sendMetadata(options))
    .use(retryMiddleware)
    .use(deadlineMiddleware)
    .create(ColorizationServiceDefinition, channel, { '*': repeated });
  return {
    address,
    stub,
    retries,
    onRetry,
    closed: closing.signal,
    close: () => {
      closing.abort(new ClientError('CANCELLED', 'The client was closed.'));
      channel.close();
    },
  };
}

/** The part of a call's options that gRPC needs. The deadline is a moment, so that all calls of one operation share it. */
export function grpcOptions(
  { traceparent, tracestate }: CallOptions,
  signal: AbortSignal,
  deadline: Date | undefined,
): GrpcCallOptions & DeadlineOptions {
  const metadata = Metadata();
  if (traceparent !== undefined) metadata.set('traceparent', traceparent);
  if (tracestate !== undefined) metadata.set('tracestate', tracestate);
  return { metadata, signal, ...(deadline === undefined ? {} : { deadline }) };
}

function openChannel(address: string, tls: TlsOptions | undefined): Channel {
  if (tls === undefined) return createChannel(address, undefined, CHANNEL);
  if (address.startsWith('http://')) {
    throw new ClientError('INVALID_ARGUMENT', `${address} is not TLS, and certificates are given: say https://.`);
  }
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw new ClientError(
      'INVALID_ARGUMENT',
      'A certificate of the client needs its key, and the key its certificate.',
    );
  }
  try {
    return createChannel(address, ChannelCredentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.cert)), CHANNEL);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new ClientError('INVALID_ARGUMENT', `The certificates cannot be used: ${said}.`, { cause: error });
  }
}

const pem = (text: string | Uint8Array | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text));

function sendMetadata({ token, metadata }: ClientOptions): ClientMiddleware {
  return async function* (call, options) {
    const sent = Metadata(options.metadata);
    const more: CallMetadata =
      typeof metadata === 'function' ? metadata(methodName(call.method.path)) : (metadata ?? {});
    for (const [name, value] of Object.entries(more)) if (!sent.has(name)) sent.set(name, value);
    if (token !== undefined) sent.set('authorization', `Bearer ${token}`);
    return yield* call.next(call.request, { ...options, metadata: sent });
  };
}

const methodName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
