import { ColorizationServiceDefinition } from '@kinemacolor/contracts';
import { context, propagation } from '@opentelemetry/api';
import {
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
import { LastingTrouble, noticeTrouble, type Wire } from './lasting-trouble.js';
import { secureChannel } from './secure-channel.js';

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
  const { channel, wire } = openChannel(address, options.tls);
  const repeated: RetryOptions = {
    retryMaxAttempts: retries.attempts,
    retryBaseDelayMs: retries.firstDelayMs,
    retryMaxDelayMs: retries.mostDelayMs,
    retryableStatuses: [Status.UNAVAILABLE],
    onRetryableError: (error, attempt, delayMs) => {
      // Thrown from here it is not tried again.
      if (error instanceof LastingTrouble) throw error;
      const told = fromGrpc(error, { address });
      if (told instanceof ClientError)
        onRetry?.({ method: methodName(error.path), attempt: attempt + 1, delayMs, error: told });
    },
  };
  // The first one is the innermost: each repetition is looked at, and gets metadata of its own; the deadline holds for all.
  const stub = createClientFactory()
    .use(noticeTrouble(wire))
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

interface OpenChannel {
  readonly channel: Channel;
  readonly wire: Wire;
}

function openChannel(address: string, given: TlsOptions | undefined): OpenChannel {
  // As nice-grpc reads it.
  const [, protocol, host = '', port] = /^(?:([^:]+):\/\/)?(.*?)(?::(\d+))?$/.exec(address) ?? [];
  const tls = given ?? (protocol === 'https' ? {} : undefined);
  const plainPort = protocol === undefined || protocol === 'http' ? Number(port ?? 80) : undefined;
  const wire = { address, host: host.replace(/^\[(.*)\]$/, '$1'), port: plainPort };
  if (tls === undefined) {
    const channel = createChannel(address, undefined, CHANNEL);
    return { channel, wire: { ...wire, tls: undefined, trouble: () => undefined } };
  }
  if (protocol === 'http') {
    throw new ClientError('INVALID_ARGUMENT', `${address} is not TLS, and certificates are given: say https://.`);
  }
  let trouble: Error | undefined;
  const credentials = secureChannel(wire.host, tls, (error) => {
    trouble = error;
  });
  const channel = createChannel(address, credentials, CHANNEL);
  return { channel, wire: { ...wire, tls: { certificate: tls.cert !== undefined }, trouble: () => trouble } };
}

function sendMetadata({ token, metadata }: ClientOptions): ClientMiddleware {
  return async function* (call, options) {
    const sent = Metadata(options.metadata);
    const more: CallMetadata =
      typeof metadata === 'function' ? metadata(methodName(call.method.path)) : (metadata ?? {});
    for (const [name, value] of Object.entries(more)) if (!sent.has(name)) sent.set(name, value);
    if (!sent.has('traceparent')) propagation.inject(context.active(), sent, { set: (carrier, name, value) => carrier.set(name, value) }); // prettier-ignore
    if (token !== undefined) sent.set('authorization', `Bearer ${token}`);
    return yield* call.next(call.request, { ...options, metadata: sent });
  };
}

const methodName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
