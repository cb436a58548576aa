import { ConfigError } from '@kinemacolor/config';

/** An error as another process is told of it. */
export interface Failure {
  /** Its class, such as `StreamingError`. */
  readonly error: string;
  readonly code?: string;
  /** For a person, also on several lines. */
  readonly message: string;
  /** Of wrong settings: a line for each. */
  readonly problems?: readonly string[];
}

/** What a service that could not start says to the process that started it. */
export interface FailedMessage {
  readonly kind: 'failed';
  readonly name: string;
  readonly failure: Failure;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { error: 'Error', message: String(error) };
  const { name, message } = error;
  return {
    error: name,
    ...('code' in error ? { code: String(error.code) } : {}),
    message,
    ...(error instanceof ConfigError ? { problems: error.problems } : {}),
  };
}

/** @returns whether there is a process to tell, which has been told by then */
export function tellParent(message: object): Promise<boolean> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) {
      resolve(false);
      return;
    }
    process.send(message, undefined, undefined, (error) => {
      resolve(error === null);
    });
  });
}
