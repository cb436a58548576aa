import type { Client, Retry } from '@kinemacolor/client';
import { ClientError } from '@kinemacolor/client/client-error';
import { exitCodeOf, EXIT } from './exit-code.js';
import { printable } from './printable.js';
import { openService, type ServerSettings } from './server-settings.js';
import { watchSignals } from './signals.js';
import { messageOf } from './tell.js';

/** What a command has that talks to a service. */
export interface Session {
  readonly client: Client;
  /** Fires at Ctrl-C, SIGTERM, and when the terminal is closed. */
  readonly signal: AbortSignal;
  /** Tells the user something, on standard error, unless the command is to be quiet. */
  readonly say: (line: string) => void;
  /** The same for what has to be known in any case. */
  readonly warn: (line: string) => void;
}

/**
 * Runs a command that talks to a service. @returns its exit code: errors are told in one line
 * @param read gives the settings; what it throws is told, too
 */
export async function serviceCommand<Settings extends ServerSettings>(
  read: () => Settings,
  { quiet }: { quiet: boolean },
  work: (session: Session, settings: Settings) => Promise<void>,
): Promise<number> {
  const signals = watchSignals();
  const { signal } = signals;
  const warn = (line: string): void => {
    process.stderr.write(`${printable(line)}\n`);
  };
  const say = quiet ? (): void => undefined : warn;
  // Once for each time that the service is away.
  const onRetry = ({ attempt, error }: Retry): void => {
    if (attempt === 1) say(`kinemacolor: ${error.message} Trying again.`);
  };
  let client: Client | undefined;
  let settings: Settings | undefined;
  try {
    settings = read();
    client = await openService(settings, onRetry);
    await work({ client, signal, say, warn }, settings);
    return EXIT.OK;
  } catch (error) {
    process.stderr.write(`kinemacolor: ${printable(tokenWords(error, settings) ?? messageOf(error).message)}\n`);
    return signals.exitCode() ?? exitCodeOf(error);
  } finally {
    client?.close();
    signals.stop();
  }
}

/** A service tells of its wire; the user has a flag. */
function tokenWords(error: unknown, settings: ServerSettings | undefined): string | undefined {
  if (!(error instanceof ClientError && error.code === 'UNAUTHENTICATED')) return undefined;
  return (settings?.token ?? '') === ''
    ? 'The service wants a token. Give yours in KINEMACOLOR_TOKEN, or with --token.'
    : 'The service does not know this token. Correct KINEMACOLOR_TOKEN, or --token.';
}
