/** Why the model store could not do what was asked. */
export type ModelStoreErrorCode =
  | 'NOT_A_MODEL'
  | 'BAD_NAME'
  /** Another model has this version already. */
  | 'TAKEN'
  | 'TOO_LARGE'
  | 'MISSING'
  /** What the store holds is not what was put into it. */
  | 'CORRUPT';

/** Every error that the model store throws of itself; the message names the model and the cure. */
export class ModelStoreError extends Error {
  override readonly name = 'ModelStoreError';
  constructor(
    readonly code: ModelStoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
