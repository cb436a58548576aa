/** The report cannot be written; the message names the file and says what to do. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}
