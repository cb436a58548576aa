import { defineSettings } from '@kinemacolor/config';
import { StartFailed } from '@kinemacolor/lifecycle';
import { connectNats, isGone, natsOptions, natsSettings, StreamingError, wentAway } from '@kinemacolor/streaming';

const settings = defineSettings(natsSettings);

/**
 * What kept a service from starting, where that was that NATS, not one of ours, went away meanwhile: the service may have had no
 * better word for it than that something took too long.
 * @param env what the services were given
 * @returns StreamingError `NOT_CONNECTED`; the same error when NATS is there
 */
export async function explainGone(error: unknown, env: NodeJS.ProcessEnv): Promise<unknown> {
  if (!(error instanceof StartFailed)) return error;
  const { failure } = error;
  const options = { ...natsOptions(settings.parse({ flags: {}, env }), 'serve'), patienceMs: 0 };
  if (failure !== undefined) {
    const thrown = Object.assign(new Error(failure.message), { name: failure.error });
    return isGone(thrown) ? wentAway(options.servers, failure.message, error) : error;
  }
  try {
    await (await connectNats(options)).close();
    return error;
  } catch (away) {
    return away instanceof StreamingError ? away : error;
  }
}
