/** The names of gRPC's status codes, by number. */
const NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

/** A gRPC status, as its name. */
export type StatusName = (typeof NAMES)[number];

/** @returns the name of a status; `UNKNOWN` for a number that gRPC does not have */
export function statusName(code: number): StatusName {
  return NAMES[code] ?? 'UNKNOWN';
}

export interface ClientErrorOptions extends ErrorOptions {
  /** The job that it happened with. */
  readonly jobId?: string | undefined;
  /** It will be no better in a while: something is set wrong. Default: the code says. */
  readonly lasting?: boolean | undefined;
}

/**
 * What a call ended with, from the service or on the way to it. The message is for a person. Errors of the caller's own
 * source or file are not turned into it: they come as they are.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly jobId: string | undefined;
  readonly #lasting: boolean;

  constructor(
    /** As gRPC has it: `CANCELLED` also when the caller's signal stopped the call, `DATA_LOSS` also for a film that is not whole. */
    readonly code: StatusName,
    message: string,
    { jobId, lasting = false, ...options }: ClientErrorOptions = {},
  ) {
    super(message, options);
    this.jobId = jobId;
    this.#lasting = lasting;
  }

  /** Whether the same may go well in a while. Calls that are safe to repeat have been repeated by then. */
  get retriable(): boolean {
    return this.code === 'UNAVAILABLE' && !this.#lasting;
  }
}
