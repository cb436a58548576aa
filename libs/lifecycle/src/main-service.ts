import { ConfigError, type Settings } from '@kinemacolor/config';
import { startTelemetry } from '@kinemacolor/telemetry';
import { CHECK_FLAG } from './check-settings.js';
import { tellParent } from './failure.js';
import { openLog, type Log, type LogLevel } from './log.js';
import { flagsHelp, readFlags } from './read-flags.js';
import { cannotStart, runService, type Service } from './run-service.js';
import type { SlowStart, SlowStartMessage } from './slow-start.js';

/** What every service's settings have: `serviceSettings`. */
interface Common {
  readonly logLevel: LogLevel;
  readonly graceSeconds: number;
  readonly health?: string | undefined;
}

/**
 * A service's whole `main`: its settings from the command line and the environment, its log, and its life. Wrong settings
 * (a ConfigError, of `start` too) are told in plain words, all at once, and end the process with exit code 2. `--help` prints the
 * flags; with `--check-settings` nothing but that is done. Traces, metrics and logs go where the `OTEL_*` variables say.
 * @param slowStart what may take `start` so long that whoever waits for it should know
 */
export async function mainService<Config extends Common>(
  name: string,
  settings: Settings<Config>,
  start: (config: Config, log: Log) => Promise<Service>,
  slowStart?: (config: Config) => SlowStart,
): Promise<void> {
  let config: Config;
  try {
    const argv = process.argv.slice(2).filter((word) => word !== CHECK_FLAG);
    if (argv.includes('--help')) {
      console.log(`usage: ${name} [flags]\n\n${flagsHelp(settings)}`);
      return;
    }
    config = settings.parse({ flags: readFlags(settings, argv), env: process.env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.exit(await cannotStart(name, error));
  }
  if (process.argv.includes(CHECK_FLAG)) return;
  if (slowStart !== undefined) {
    const message: SlowStartMessage = { kind: 'slow start', slow: slowStart(config) };
    await tellParent(message);
  }
  const telemetry = await startTelemetry({
    service: name,
    onProblem: (message) => {
      // Not to itself.
      openLog(name, config.logLevel).warn(message);
    },
  });
  const log = openLog(name, config.logLevel, telemetry.on);
  await runService({
    name,
    log,
    graceMs: config.graceSeconds * 1000,
    health: config.health,
    start: () => start(config, log),
    last: () => telemetry.stop(),
  });
  // What telemetry still tries to send to a collector that is away would keep the process.
  if (telemetry.on) process.exit();
}
