import { TrainingError } from '../config/training-error.js';

/** The report cannot be written, or its log not be read; the message names the file and says what to do. */
export class ReportError extends TrainingError {
  constructor(message: string, options?: ErrorOptions) {
    super('WRITE_FAILED', message, options);
    this.name = 'ReportError';
  }
}
