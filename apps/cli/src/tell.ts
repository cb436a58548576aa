import { MediaError } from '@kinemacolor/media';
import { exitCodeOf } from './exit-code.js';
import type { Signals } from './signals.js';

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

/**
 * What is told, and the exit code, of a failure that a signal may be the reason of: Ctrl-C meets the programs that we run as
 * well, and they fail of it, perhaps before we have heard of it.
 */
export async function failureOf(
  error: unknown,
  signals: Signals,
  words = messageOf,
): Promise<ReturnType<typeof messageOf> & { exitCode: number }> {
  await signals.settled();
  const told = words(error);
  const stopped = signals.exitCode();
  if (stopped === undefined) return { ...told, exitCode: exitCodeOf(error) };
  return { ...(told.name === 'ABORTED' ? told : { name: 'ABORTED', message: 'Stopped.' }), exitCode: stopped };
}
