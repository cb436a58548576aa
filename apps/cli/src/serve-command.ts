import { startServices } from '@kinemacolor/serve';
import { withoutSecrets } from '@kinemacolor/streaming';
import { EXIT, exitCodeOf } from './exit-code.js';
import { localCollector } from './local-collector.js';
import { makeFolder } from './output-file.js';
import { serveSettings } from './serve-settings.js';
import { watchSignals } from './signals.js';

/** `kinemacolor serve`: NATS and all services on this machine until Ctrl-C, which drains them. */
export async function serveCommand(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const signals = watchSignals();
  try {
    const { listen, data, nats, model, trace, ...counts } = serveSettings.parse({ flags, env: process.env });
    const tell = (message: string): void => {
      console.error(`kinemacolor: ${message}`);
    };
    if (nats === undefined) await makeFolder('--data', data);
    tell('starting …');
    const services = await startServices({
      folder: data,
      listen,
      ...counts,
      ...(nats === undefined ? {} : { nats }),
      // What the services log is for operators; a newcomer is told what matters.
      env: {
        KINEMACOLOR_LOG_LEVEL: 'warn',
        ...(trace ? { ...localCollector(process.env), KINEMACOLOR_TRACE_FRAMES: '1' } : {}),
        ...process.env,
        ...(model === undefined ? {} : { KINEMACOLOR_MODEL: model }),
      },
      tell,
      signal: signals.signal,
    });
    tell(`ready at ${services.address}, NATS at ${withoutSecrets(services.nats.split(','))}`);
    tell('in another terminal: kinemacolor submit film.mp4 -o film-colour.mp4');
    try {
      await Promise.race([aborted(signals.signal), services.broken]);
      tell('draining; jobs that are under way go on with the next start …');
      return EXIT.OK;
    } finally {
      await services.stop();
    }
  } catch (error) {
    // Nothing was under way.
    if (error === signals.signal.reason) return EXIT.OK;
    console.error(`kinemacolor: ${error instanceof Error ? error.message : String(error)}`);
    return exitCodeOf(error);
  } finally {
    signals.stop();
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
