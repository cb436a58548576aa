/**
 * `BAD_CONFIG`: the settings contradict each other or leave something out. `BAD_DATA`: pictures that are not there or too
 * few. `BAD_RUN`: the folder of the run cannot be used. `NO_CHECKPOINT`: none of a run's checkpoints is whole.
 * `DIVERGED`: a loss is no number any more. `WRITE_FAILED`: a file cannot be written; the cause is the error of the system.
 */
export type TrainingErrorCode = 'BAD_CONFIG' | 'BAD_DATA' | 'BAD_RUN' | 'NO_CHECKPOINT' | 'DIVERGED' | 'WRITE_FAILED';

/** What ends a run, in words for a person. */
export class TrainingError extends Error {
  readonly code: TrainingErrorCode;

  constructor(code: TrainingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TrainingError';
    this.code = code;
  }
}
