/** Why a model could not be built, read, written or imported. */
export type ModelErrorCode =
  'BAD_CONFIG' | 'NOT_FOUND' | 'CORRUPT' | 'UNSUPPORTED' | 'BAD_INPUT' | 'WRITE_FAILED' | 'OCCUPIED';

/** Every error that this package throws on purpose. The message names the file and the cure. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  constructor(
    readonly code: ModelErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Wraps anything that was thrown; a ModelError passes unchanged. */
  static from(thrown: unknown): ModelError {
    if (thrown instanceof ModelError) return thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return new ModelError('UNSUPPORTED', reason, { cause: thrown });
  }
}
