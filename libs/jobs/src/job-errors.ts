import type { JobError } from '@kinemacolor/contracts';

/** gRPC status codes that a job ends with. */
const INVALID_ARGUMENT = 3;
const RESOURCE_EXHAUSTED = 8;
const DATA_LOSS = 15;

/** What is wrong with the source or the settings, by the codes of `@kinemacolor/media`: another try cannot help. */
const PERMANENT: Readonly<Record<string, number>> = {
  EMPTY_FILE: INVALID_ARGUMENT,
  NOT_MEDIA: INVALID_ARGUMENT,
  FORBIDDEN_FORMAT: INVALID_ARGUMENT,
  NO_VIDEO: INVALID_ARGUMENT,
  UNSUPPORTED: INVALID_ARGUMENT,
  INVALID_ARGUMENT,
  TOO_LARGE: RESOURCE_EXHAUSTED,
  TRUNCATED: DATA_LOSS,
  DAMAGED: DATA_LOSS,
};

/** @returns what a job ends with for this error; undefined when another try may go well */
export function permanentError(error: unknown): JobError | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const code = PERMANENT[String(error.code)];
  return code === undefined ? undefined : { code, message: error.message, frame: undefined };
}
