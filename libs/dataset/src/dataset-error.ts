/** `OCCUPIED`: the folder holds something; `NO_PICTURES`: nothing of the film was kept; `INVALID_ARGUMENT`. */
export type DatasetErrorCode = 'OCCUPIED' | 'NO_PICTURES' | 'INVALID_ARGUMENT';

/** What this package refuses by itself; what is wrong with films and disks is a `MediaError`. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
  constructor(
    readonly code: DatasetErrorCode,
    message: string,
  ) {
    super(message);
  }
}
