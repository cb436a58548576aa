const codes = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED', 'ABORT_ERR']);

/** True when a read or write failed only because the other side had gone; why it went is told by its exit. */
export function isClosedPipe(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && codes.has(String(thrown.code));
}
