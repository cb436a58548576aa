import type { Connection } from './connection.js';
import { grpcOptions } from './connection.js';
import type { ClientError } from './client-error.js';
import type { CallOptions } from './client-options.js';
import { fromGrpc, stopped } from './from-grpc.js';

/** One operation from its first call to its last: what stops it, its deadline, and whose errors it has. */
export interface Scope {
  readonly signal: AbortSignal;
  /** The options of its next call. */
  readonly options: () => ReturnType<typeof grpcOptions>;
  /** A thrown value as the caller is to see it. */
  readonly error: (thrown: unknown) => unknown;
  /** What the caller sees of it once it was stopped. */
  readonly stopped: () => ClientError;
  /** Names the job, once it is known, in errors. */
  name(jobId: string): void;
  stop(reason: unknown): void;
  /** Lets go of the caller's signal. */
  done(): void;
}

/** The signal fires with the caller's, with the closing of the client, and with `stop`. */
export function openScope(connection: Connection, call: CallOptions = {}, jobId?: string): Scope {
  const { address, closed } = connection;
  const controller = new AbortController();
  const { signal } = controller;
  const deadline = call.deadlineMs === undefined ? undefined : new Date(Date.now() + call.deadlineMs);
  // By hand, as AbortSignal.any keeps what it made for as long as a source lives.
  const sources = [closed, call.signal].filter((source) => source !== undefined);
  const follow = (event: Event): void => {
    controller.abort((event.target as AbortSignal).reason);
  };
  for (const source of sources) {
    if (source.aborted) controller.abort(source.reason);
    else source.addEventListener('abort', follow);
  }
  let named = jobId;
  return {
    signal,
    options: () => grpcOptions(call, signal, deadline),
    error: (thrown) => fromGrpc(thrown, { address, jobId: named, signal }),
    stopped: () => stopped({ jobId: named, signal }),
    name: (id) => {
      named = id;
    },
    stop: (reason) => {
      controller.abort(reason);
    },
    done: () => {
      for (const source of sources) source.removeEventListener('abort', follow);
    },
  };
}

/** Runs something in a scope of its own, with its errors turned into the caller's. */
export async function within<Result>(scope: Scope, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw scope.error(error);
  } finally {
    scope.done();
  }
}
