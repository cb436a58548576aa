import { TrainingError } from './training-error.js';

/** What cannot be written, why, and what to do: the system's own words name no file where a disk is full. */
export function writeFailure(file: string, error: unknown): TrainingError {
  if (error instanceof TrainingError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new TrainingError('WRITE_FAILED', `${file} cannot be written: ${why}. Make room, or check who owns the folder.`, { cause: error }); // prettier-ignore
}
