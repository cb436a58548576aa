import { ConfigError } from '@kinemacolor/config';
import type { Failure } from './failure.js';

/** The service could not be started: it ended before it was ready. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
  constructor(
    message: string,
    /** What the service said of it; undefined: it ended without a word. */
    readonly failure?: Failure,
  ) {
    super(message);
  }
}

/** What is thrown for a failure that a service has told of: wrong settings are those of whoever started it. */
export function startError(name: string, failure: Failure): StartFailed | ConfigError {
  const { message, problems } = failure;
  if (problems !== undefined) return new ConfigError('BAD_SETTINGS', problems);
  return new StartFailed(`${name} cannot start: ${message}`, failure);
}
