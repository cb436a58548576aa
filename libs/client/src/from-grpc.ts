import { ClientError as GrpcError } from 'nice-grpc';
import { ClientError, statusName } from './client-error.js';
import { LastingTrouble } from './lasting-trouble.js';

export interface Circumstances {
  readonly address: string;
  readonly jobId?: string | undefined;
  /** What may have stopped the call. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A thrown value as the caller is to see it: what gRPC said, and a stop, as a `ClientError`. Anything else, such as an
 * error of the caller's own source, stays as it is.
 */
export function fromGrpc(thrown: unknown, { address, jobId, signal }: Circumstances): unknown {
  if (thrown instanceof GrpcError) {
    const code = statusName(thrown.code);
    if (thrown instanceof LastingTrouble) {
      return new ClientError(code, thrown.details, { jobId, lasting: true, cause: thrown });
    }
    const said = thrown.details === '' ? `It says ${code} and no more.` : thrown.details;
    return new ClientError(code, code === 'UNAVAILABLE' ? unavailable(address, said) : said, { jobId, cause: thrown });
  }
  const stop = (signal?.aborted === true && thrown === signal.reason) || isAbort(thrown);
  return stop ? stopped({ jobId, signal }) : thrown;
}

const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'AbortError';

/** What a call ends with whose signal has fired. */
export function stopped({ jobId, signal }: Pick<Circumstances, 'jobId' | 'signal'>): ClientError {
  const reason: unknown = signal?.reason;
  const words = reason instanceof ClientError ? reason.message : 'Stopped on request.';
  return new ClientError('CANCELLED', words, { jobId, cause: reason });
}

/** gRPC tells of connections in its own words, of which a person needs one. */
function unavailable(address: string, said: string): string {
  if (said.includes('ECONNREFUSED')) return `Nothing listens at ${address}. Is the service running?`;
  if (/ENOTFOUND|EAI_AGAIN|Name resolution failed/.test(said)) {
    return `The name of ${address} is not known. An address is HOST:PORT, or https://HOST:PORT for TLS.`;
  }
  if (/Connection dropped|ECONNRESET|Failed to connect|Socket closed/.test(said))
    return `The connection to ${address} was lost.`;
  return `The service at ${address} is not available: ${said}`;
}
