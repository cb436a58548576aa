import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { openClient, type Client } from '@kinemacolor/client';
import { mainOf, startServices, type Services } from '@kinemacolor/serve';
import { connectNats } from '@kinemacolor/streaming';
import { WORK } from '../paths.js';

type Connection = Awaited<ReturnType<typeof connectNats>>;

/** All services on this machine, as `kinemacolor serve` starts them, a client of theirs, and an ear at their NATS. */
export interface ServiceWorld {
  readonly services: Services;
  readonly client: Client;
  readonly connection: Connection;
  /** Name of the model that jobs get. */
  readonly model: string;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** Folder of the model that is painted with, or a painter that computes nothing and takes so many milliseconds a frame. */
  readonly painter: { readonly model: string } | { readonly standInMs: number };
  /** Default 1. */
  readonly colorizers?: number;
  /** Settings of the services beyond these. */
  readonly env?: Readonly<NodeJS.ProcessEnv>;
}

const STAND_IN = path.join(path.dirname(mainOf('colorizer')), 'testing', 'stand-in-main.js');

/** @throws StreamingError, StartFailed */
export async function openWorld({ painter, colorizers = 1, env = {} }: WorldOptions): Promise<ServiceWorld> {
  await mkdir(WORK, { recursive: true });
  const folder = await mkdtemp(path.join(WORK, 'services-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  let services: Services;
  try {
    services = await startServices({
      folder: path.join(folder, 'nats'),
      listen: '127.0.0.1:0',
      colorizers,
      ...('standInMs' in painter
        ? { colorizer: { program: STAND_IN, args: ['--stand-in-ms', String(painter.standInMs)] } }
        : {}),
      env: {
        KINEMACOLOR_LOG_LEVEL: 'error',
        // The command is told to use the CPU, too.
        KINEMACOLOR_DEVICE: 'cpu',
        // The user's models are not for those of a benchmark.
        KINEMACOLOR_MODEL_FOLDER: path.join(folder, 'models'),
        ...('model' in painter ? { KINEMACOLOR_MODEL: painter.model } : {}),
        ...env,
      },
    });
  } catch (error) {
    await remove();
    throw error;
  }
  // The services drain when this process is gone; their NATS would stay.
  const endServer = (): void => {
    if (services.server !== undefined) process.kill(services.server.pid, 'SIGTERM');
  };
  process.once('exit', endServer);
  const connection = await connectNats({ servers: [services.nats], name: 'bench' });
  const client = openClient({ address: services.address });
  return {
    services,
    client,
    connection,
    model: String(services.processes.get('colorizer-1')!.facts['model']),
    close: async () => {
      client.close();
      await connection.close();
      await services.stop();
      process.off('exit', endServer);
      await remove();
    },
  };
}
