/** Arguments that make no sense together, or inputs with nothing to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  constructor(
    message: string,
    /** See `EXIT`: 2 for arguments, 3 when there is nothing to colour, 6 for an output that cannot be written. */
    readonly exitCode = 2,
  ) {
    super(message);
  }
}
