/**
 * Why a metric could not be computed.
 * - `BAD_PICTURE`: the data does not have the length that width and height ask for.
 * - `SIZE_MISMATCH`: two pictures of a pair differ in size.
 * - `NOTHING_ADDED`: a result was asked before any picture was added.
 * - `BAD_TONE_MAP`: a stored tone map is not one.
 */
export type QualityErrorCode = 'BAD_PICTURE' | 'SIZE_MISMATCH' | 'NOTHING_ADDED' | 'BAD_TONE_MAP';

/** The one error of this package. None of its causes goes away by trying again. */
export class QualityError extends Error {
  readonly code: QualityErrorCode;

  constructor(code: QualityErrorCode, message: string) {
    super(message);
    this.name = 'QualityError';
    this.code = code;
  }
}
