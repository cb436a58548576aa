/** Why the engine could not do what was asked. */
export type TensorErrorCode = 'BAD_DEVICE' | 'ENGINE_MISSING' | 'GPU_MISSING' | 'ENGINE_FAILED';

/** Every error that this package throws. The message names the cure. */
export class TensorError extends Error {
  override readonly name = 'TensorError';
  constructor(
    readonly code: TensorErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Wraps anything that was thrown; a TensorError passes unchanged. */
  static from(thrown: unknown): TensorError {
    if (thrown instanceof TensorError) return thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return new TensorError('ENGINE_FAILED', `TensorFlow failed: ${reason}`, { cause: thrown });
  }
}
