/** Whether an error is JetStream's answer with this code (`err_code`), which it keeps from version to version. */
export const hasApiCode = (error: unknown, code: number): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
