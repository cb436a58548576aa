/**
 * Why a checkpoint was turned down.
 * - `unreadable`: the file cannot be opened (missing, a directory, no permission)
 * - `not-a-checkpoint`: the bytes are neither of the forms that `torch.save` writes
 * - `truncated`: it is a checkpoint, but part of it is missing or its sizes contradict each other
 * - `refused`: it asks for code or objects that a plain state dict has no need of
 * - `unsupported`: a valid checkpoint of a kind that is not read here
 * - `wrong-network`: the tensors are readable, but they are not the network that was asked for
 */
export type CheckpointErrorCode =
  'unreadable' | 'not-a-checkpoint' | 'truncated' | 'refused' | 'unsupported' | 'wrong-network';

/** The one error that reading or importing a PyTorch checkpoint throws. Its message is meant for a person. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  /** Reading the same bytes again gives the same answer. */
  readonly retryable = false;

  constructor(
    readonly code: CheckpointErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Turns anything thrown into a CheckpointError that starts with the file's name. */
  static from(thrown: unknown, source: string): CheckpointError {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const code = thrown instanceof CheckpointError ? thrown.code : 'not-a-checkpoint';
    return new CheckpointError(code, `${source}: ${reason}`, { cause: thrown });
  }
}
