import { findProgram } from '@kinemacolor/config';
import { StreamingError } from '../streaming-error.js';

const VARIABLE = 'KINEMACOLOR_NATS_SERVER';

/**
 * The NATS server of this machine: `KINEMACOLOR_NATS_SERVER`, else on `$PATH`, else in the user's cache, where the set-up
 * puts one.
 * @throws StreamingError `SERVER_MISSING`
 */
export async function findNatsServer(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const found = await findProgram('nats-server', VARIABLE, environment);
  if (found !== undefined) return found;
  const named = environment[VARIABLE];
  throw new StreamingError(
    'SERVER_MISSING',
    named === undefined || named === ''
      ? 'There is no nats-server. Run: npm run setup'
      : `${VARIABLE} names ${named}, which is not a program.`,
  );
}
