import { totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '@kinemacolor/config';
import { checkSettings, supervise, type SupervisedChild } from '@kinemacolor/lifecycle';
import { diskBytes } from '@kinemacolor/streaming';
import { keepServer, type KeptServer } from './kept-server.js';
import { metricsPort } from './metrics-port.js';
import { explainGone } from './nats-gone.js';

export interface ServicesOptions {
  /** What NATS keeps lies here, and outlives it. Not used with `nats`. */
  readonly folder: string;
  /** NATS servers that run already; default: one of one's own, on loopback, is started. */
  readonly nats?: string;
  /** Where the gateway listens, such as `127.0.0.1:50051`; port 0: a free one. */
  readonly listen: string;
  /** Processes of each kind. Default 1. */
  readonly decoders?: number;
  readonly colorizers?: number;
  readonly encoders?: number;
  /** Program of the colorizers; default: the real one. */
  readonly colorizer?: { readonly program: string; readonly args?: readonly string[] };
  /** Settings of the services beyond where they are. */
  readonly env?: NodeJS.ProcessEnv;
  /** Told what happens that is not asked for, such as a service that is started again. */
  readonly tell?: (message: string) => void;
  /** Gives up the start, at once. When all are started, `stop` ends them. */
  readonly signal?: AbortSignal;
}

/** Everything that turns films into colour, on this machine. */
export interface Services {
  /** Address of the gateway. */
  readonly address: string;
  /** URL of NATS, with the password of one's own: not to be shown. */
  readonly nats: string;
  /** The processes by name: `gateway`, `decoder-1`, `colorizer-1`, `encoder-1`, … */
  readonly processes: ReadonlyMap<string, SupervisedChild>;
  /** NATS, when it is one's own. */
  readonly server: KeptServer | undefined;
  /** Fails when NATS, one's own, has ended and cannot be started again. */
  readonly broken: Promise<never>;
  /** Drains everything, the gateway first, NATS last. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts NATS and all services, each in a process of its own, which is started again when it crashes.
 * @throws StreamingError `SERVER_MISSING`, `SERVER_FAILED`, `BUSY`; ConfigError with the wrong settings of all services;
 *   StartFailed with what a service said; the signal's reason
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { folder, nats, tell = () => undefined, signal = new AbortController().signal } = options;
  const onNatsCrash = (): void => {
    tell('NATS ended and is started again');
  };
  signal.throwIfAborted();
  const server = nats === undefined ? await keepServer(folder, onNatsCrash) : undefined;
  const url = nats ?? server!.url;
  const processes = new Map<string, SupervisedChild>();
  const stop = async (): Promise<void> => {
    const [gateways, others] = [[...processes.values()].filter(isGateway), [...processes.values()].filter(isOther)];
    await Promise.all(gateways.map((child) => child.stop()));
    await Promise.all(others.map((child) => child.stop()));
    await server?.stop();
  };
  let limits: NodeJS.ProcessEnv = {};
  const own = server === undefined ? {} : NO_OTHER_LOGIN;
  const asked = { ...process.env, ...options.env };
  /** @param place of the process, the gateway's is the first */
  const env = (place = 0): NodeJS.ProcessEnv => ({
    ...limits,
    ...asked,
    ...own,
    ...ONE_FOR_ALL,
    ...metricsPort(asked, place),
    KINEMACOLOR_NATS: url,
  });
  try {
    if (server !== undefined) limits = await storeLimits(folder);
    // It is started last, but what is wrong with its settings is told together with those of the others.
    const gatewayEnv = { ...env(), KINEMACOLOR_LISTEN: options.listen };
    const checked = checkSettings({ name: 'gateway', program: mainOf('gateway'), env: gatewayEnv });
    // Side by side, but the gateway last: who reaches it finds everything running.
    const starting = plan(options).map(async ({ name, ...program }, i) => {
      const onCrash = (how: string): void => {
        tell(`${name} ended and is started again: ${how}`);
      };
      processes.set(name, await supervise({ name, ...program, env: () => env(i + 1), onCrash, signal }));
    });
    throwFirst(await Promise.allSettled([checked, ...starting]));
    const gateway = await supervise({
      name: 'gateway',
      program: mainOf('gateway'),
      signal,
      // A free port is chosen once: clients find it there again after a crash.
      env: ({ address = options.listen }) => ({
        ...env(),
        KINEMACOLOR_LISTEN: String(address),
        // Under the name that the colorizers have put it into the store with.
        KINEMACOLOR_MODEL: String(processes.get('colorizer-1')!.facts['model']),
      }),
      onCrash: (how) => {
        tell(`gateway ended and is started again: ${how}`);
      },
    });
    processes.set('gateway', gateway);
    const broken = server?.broken ?? new Promise<never>(() => undefined);
    return { address: String(gateway.facts['address']), nats: url, processes, server, broken, stop };
  } catch (error) {
    // Before all is stopped, which may take a while without NATS.
    const why = nats === undefined || signal.aborted ? error : await explainGone(error, env());
    await stop();
    throw why;
  }
}

/** @throws what the first one failed of; the wrong settings of all of them, each once */
function throwFirst(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  const problems = reasons.flatMap((reason) => (reason instanceof ConfigError ? reason.problems : []));
  if (problems.length > 0) throw new ConfigError('BAD_SETTINGS', [...new Set(problems)]);
  if (reasons.length > 0) throw reasons[0];
}

/** Several processes cannot listen at the same address. */
const ONE_FOR_ALL = { KINEMACOLOR_HEALTH: '' };

/** What is set for other servers of NATS does not fit one of one's own, which has its password in the URL. */
const NO_OTHER_LOGIN = {
  KINEMACOLOR_NATS_CREDENTIALS: '',
  KINEMACOLOR_NATS_CA: '',
  KINEMACOLOR_NATS_CERTIFICATE: '',
  KINEMACOLOR_NATS_KEY: '',
};

/** What a server of one's own may keep: a fifth of the disk for each of sources, segments and results. */
async function storeLimits(folder: string): Promise<NodeJS.ProcessEnv> {
  const memory = Math.min(2 ** 30, Math.floor(totalmem() / 8));
  return {
    KINEMACOLOR_FILE_BYTES: String(Math.floor((await diskBytes(folder)) / 5)),
    KINEMACOLOR_MEMORY_BYTES: String(memory),
  };
}

const isGateway = ({ name }: SupervisedChild): boolean => name === 'gateway';
const isOther = (child: SupervisedChild): boolean => !isGateway(child);

function plan({ decoders = 1, colorizers = 1, encoders = 1, colorizer }: ServicesOptions): Program[] {
  const several = (count: number, kind: string, program: Omit<Program, 'name'>): Program[] =>
    Array.from({ length: count }, (_, i) => ({ name: `${kind}-${i + 1}`, ...program }));
  return [
    ...several(decoders, 'decoder', { program: mainOf('decoder') }),
    ...several(colorizers, 'colorizer', colorizer ?? { program: mainOf('colorizer') }),
    ...several(encoders, 'encoder', { program: mainOf('encoder') }),
  ];
}

interface Program {
  readonly name: string;
  readonly program: string;
  readonly args?: readonly string[];
}

/** The built service of that name, which lies beside this package. It is run, not imported. */
export const mainOf = (service: string): string =>
  path.resolve(fileURLToPath(new URL('../../../apps', import.meta.url)), service, 'dist', 'main.js');
