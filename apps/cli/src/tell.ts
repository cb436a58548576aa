import { MediaError } from '@kinemacolor/media';

/** An error for a person and for `--json`: a short code and one message, never a stack. */
export function messageOf(error: unknown): { name: string; message: string } {
  if (!(error instanceof Error)) return { name: 'FAILED', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'FAILED';
  return { name: code, message: error.message };
}

/** The same for a command that has `--salvage`, which it names where that helps. */
export function messageWithSalvage(error: unknown): { name: string; message: string } {
  const told = messageOf(error);
  const helps = error instanceof MediaError && error.code === 'TRUNCATED' && (error.details.framesReadable ?? 0) > 0;
  return helps ? { ...told, message: `${told.message} Or take what is there with --salvage.` } : told;
}

/** What is told where a signal may have been the reason: it meets the programs that we run as well, and they fail of it. */
export function unlessStopped(
  told: ReturnType<typeof messageOf>,
  { aborted }: AbortSignal,
): ReturnType<typeof messageOf> {
  return aborted && told.name !== 'ABORTED' ? { name: 'ABORTED', message: 'Stopped.' } : told;
}
