/** An error for a person and for `--json`: a short code and one message, never a stack. */
export function messageOf(error: unknown): { name: string; message: string } {
  if (!(error instanceof Error)) return { name: 'FAILED', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'FAILED';
  return { name: code, message: error.message };
}
