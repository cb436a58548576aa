import { isAway, StreamingError } from '@kinemacolor/streaming';
import { ServerError, Status } from 'nice-grpc';
import { stopping, Draining } from './open-calls.js';

/** The stream of sources, or of results, has no room left. */
const NO_ROOM = 10077;

/**
 * What a client is told of an error.
 * @returns undefined for an error that the service has to answer for: the client learns no more than that
 */
export function callStatus(error: unknown, signal: AbortSignal): ServerError | undefined {
  if (error instanceof ServerError) return error;
  if (signal.aborted) {
    return signal.reason instanceof Draining ? stopping() : new ServerError(Status.CANCELLED, 'The client is gone.');
  }
  if (error instanceof StreamingError && error.code === 'CONTENDED') {
    return new ServerError(Status.ABORTED, 'Somebody else does the same at this moment. Look at the job, then go on.');
  }
  if (error instanceof StreamingError && error.code === 'LOST') {
    return new ServerError(Status.UNAVAILABLE, 'The store was away meanwhile. Try again.');
  }
  if (isAway(error)) return new ServerError(Status.UNAVAILABLE, 'The store cannot be reached. Try again in a moment.');
  if (error instanceof Error && 'code' in error && error.code === NO_ROOM) {
    return new ServerError(Status.RESOURCE_EXHAUSTED, 'The service has no room for more bytes. Try again later.');
  }
  return undefined;
}
