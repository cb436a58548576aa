/** Why a bench could not be run. */
export type BenchErrorCode = 'USAGE' | 'PEER_MISSING' | 'CHILD_FAILED' | 'DISAGREE' | 'NOT_BUILT' | 'UNSUPPORTED';

/** Every error that this package throws on purpose; the message says what to do. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
  constructor(
    readonly code: BenchErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
