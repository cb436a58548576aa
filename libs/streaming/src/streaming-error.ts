/** Why streaming could not go on. */
export type StreamingErrorCode =
  'SERVER_MISSING' | 'SERVER_FAILED' | 'BUSY' | 'NOT_CONNECTED' | 'TOO_LARGE' | 'CONTENDED' | 'LOST';

/** Every error that this package throws of itself; the message says what to do where there is something to do. */
export class StreamingError extends Error {
  override readonly name = 'StreamingError';
  constructor(
    readonly code: StreamingErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
