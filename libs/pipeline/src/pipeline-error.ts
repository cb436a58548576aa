/** Why a film or picture could not be coloured, beyond what media, models and tensor say themselves. */
export type PipelineErrorCode = 'WORKER_DIED' | 'ABORTED' | 'JOURNAL_MISMATCH' | 'SAME_FILE' | 'FAILED' | 'BUSY';

/** Every error that this package throws on purpose. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  constructor(
    readonly code: PipelineErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
