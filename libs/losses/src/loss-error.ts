/** `SHAPE_MISMATCH`: two tensors that are compared value by value differ in shape. */
export type LossErrorCode = 'SHAPE_MISMATCH' | 'BAD_SETTING';

/** The one error of this package: a mistake of the caller, which trying again does not cure. */
export class LossError extends Error {
  readonly code: LossErrorCode;

  constructor(code: LossErrorCode, message: string) {
    super(message);
    this.name = 'LossError';
    this.code = code;
  }
}
