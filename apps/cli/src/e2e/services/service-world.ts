import path from 'node:path';

import { openClient, type Client, type Job } from '@kinemacolor/client';
import { mainOf, startServices, type Services, type ServicesOptions } from '@kinemacolor/serve';
import { fingerprint, type Fingerprint } from './film-fingerprint.js';

/** All services with a generator that takes a fixed time a frame, and a client of theirs. */
export interface ServiceWorld {
  readonly services: Services;
  readonly client: Client;
  /** What the supervisor told. */
  readonly told: string[];
  /** Kills a process of ours as `kill -9` does; it is started again by itself. @returns whether one ran */
  kill(name: string): boolean;
  /** Resolves when so many frames of a job are coloured, or it has ended. */
  coloured(job: string, frames: number): Promise<Job>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly folder: string;
  /** Milliseconds that the generator takes for a frame. */
  readonly frameMs: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Servers of NATS that run already; default: one of its own. */
  readonly nats?: string;
  readonly counts?: Pick<ServicesOptions, 'decoders' | 'colorizers' | 'encoders'>;
  /** Luma of the mark of frames that kill whatever colours them. */
  readonly poison?: number;
}

const STAND_IN = path.join(path.dirname(mainOf('colorizer')), 'testing', 'stand-in-main.js');
/** Small limits, so that a server on a small machine takes them. */
const SMALL = { KINEMACOLOR_FILE_BYTES: String(2 ** 29), KINEMACOLOR_MEMORY_BYTES: String(2 ** 27) };

export async function openServiceWorld(options: WorldOptions): Promise<ServiceWorld> {
  const { folder, frameMs, env, nats, counts, poison } = options;
  const told: string[] = [];
  const services = await startServices({
    folder,
    listen: '127.0.0.1:0',
    ...(nats === undefined ? {} : { nats }),
    ...counts,
    colorizer: {
      program: STAND_IN,
      args: ['--stand-in-ms', String(frameMs), ...(poison === undefined ? [] : ['--stand-in-poison', String(poison)])],
    },
    env: { KINEMACOLOR_LOG_LEVEL: 'error', ...SMALL, ...env },
    tell: (message) => told.push(message),
  });
  const client = openClient({ address: services.address });
  return {
    services,
    client,
    told,
    kill: (name) => {
      const pid = name === 'nats' ? services.server?.pid : services.processes.get(name)?.pid;
      // Between two lives of a process there is nothing to kill.
      return pid !== undefined && process.kill(pid, 'SIGKILL');
    },
    coloured: async (id, frames) => {
      for await (const job of client.jobs.watch(id)) {
        if (job.progress.framesColoured >= frames || job.state !== 'running') {
          if (job.state !== 'queued' && job.state !== 'uploading') return job;
        }
      }
      return client.jobs.get(id);
    },
    close: async () => {
      client.close();
      await services.stop();
    },
  };
}

/**
 * Colours a film as a job into a file of its folder, without loss.
 * @param disturb what happens meanwhile
 */
export async function colourJob(
  { client }: ServiceWorld,
  { clip, folder, name }: { readonly clip: string; readonly folder: string; readonly name: string },
  disturb: (job: string) => Promise<void>,
): Promise<Fingerprint> {
  const { id } = await client.jobs.submit(clip, { codec: 'ffv1', model: 'stand-in', label: name });
  await disturb(id);
  await client.jobs.wait(id);
  const film = path.join(folder, `${name}.mkv`);
  await client.jobs.download(id, film);
  return fingerprint(film);
}
