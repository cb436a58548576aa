/** Why a function could not be compiled or run. */
export type CompileErrorCode =
  | 'VALUE_READ'
  | 'NO_RULE'
  | 'UNSUPPORTED'
  | 'BAD_OUTPUT'
  | 'SHAPE_CHANGED'
  | 'UNKNOWN_VARIABLE'
  | 'NOT_LOADED'
  | 'BAD_ARGUMENT'
  | 'BAD_OPTION'
  | 'DISPOSED';

/** Every error that this package throws. The message names the op or argument, the place in the caller's code, and the cure. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  constructor(
    readonly code: CompileErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
