import path from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { ChromaFrame, ColorizeSettings, Job, JobRecord, JobState, LumaFrame } from '@kinemacolor/contracts';
import { openJobStore, type JobStore, type StoredJob } from '@kinemacolor/jobs';
import { openLog } from '@kinemacolor/lifecycle';
import {
  countMessages,
  openBus,
  publishInWindow,
  startNatsServer,
  streamOf,
  subjectOf,
  takeLeases,
  type Bus,
  type Kind,
  type NatsServer,
} from '@kinemacolor/streaming';
import { colorizerSettings, type ColorizerConfig } from '../config.js';

export const [WIDTH, HEIGHT] = [32, 24];
/** Short, as what a dead one held is waited for; but a process that is only slow must not lose what it holds. */
export const LEASE_SECONDS = 2;

/** What stands around a colorizer: a real NATS server, with a decoder's frames coming in and an encoder taking what comes out. */
export class ColourWorld {
  private constructor(
    readonly folder: string,
    public server: NatsServer,
    readonly bus: Bus,
    readonly jobs: JobStore,
  ) {}

  static async open(folder: string): Promise<ColourWorld> {
    const server = await startNatsServer({ folder: path.join(folder, 'nats') });
    const streams = { fileBytes: 2 ** 28, memoryBytes: 2 ** 26, window: 16 };
    const bus = await openBus({ servers: [server.url], name: 'test', streams });
    return new ColourWorld(folder, server, bus, await openJobStore(bus.connection));
  }

  readonly log = openLog('colorizer', 'silent');

  /** Settings of a colorizer here. */
  config(env: NodeJS.ProcessEnv = {}): ColorizerConfig {
    return colorizerSettings.parse({ env: { ...this.environment(), ...env } });
  }

  /** The same for a process. */
  environment(): NodeJS.ProcessEnv {
    return {
      KINEMACOLOR_NATS: this.server.url,
      KINEMACOLOR_MODEL_FOLDER: path.join(this.folder, 'models'),
      KINEMACOLOR_FILE_BYTES: String(2 ** 28),
      KINEMACOLOR_MEMORY_BYTES: String(2 ** 26),
      KINEMACOLOR_WINDOW: '16',
      KINEMACOLOR_LEASE_SECONDS: String(LEASE_SECONDS),
      KINEMACOLOR_DEVICE: 'cpu',
      KINEMACOLOR_PRECISION: 'fp32',
      KINEMACOLOR_WORKERS: '1',
      KINEMACOLOR_LOG_LEVEL: 'warn',
    };
  }

  async job(id: string, settings: Partial<ColorizeSettings> = {}): Promise<string> {
    const job = Job.create({ id, state: JobState.RUNNING, settings });
    await this.jobs.create(id, { ...JobRecord.create({}), job } satisfies StoredJob);
    return id;
  }

  /** Sends frames as a decoder does. @param change what is special about a frame */
  async send(
    job: string,
    count: number,
    change: (index: number) => Partial<LumaFrame> = () => ({}),
    from = 0,
  ): Promise<void> {
    for (let index = from; index < from + count; index++) {
      const frame = { jobId: job, index, pts: String(index * 40), timeBase: { numerator: 1, denominator: 1000 }, epoch: 1 }; // prettier-ignore
      const luma = { width: WIDTH, height: HEIGHT, luma: lumaOf(index), shot: 1, decodedUs: 1, ...change(index) };
      const data = LumaFrame.encode(LumaFrame.create({ frame, ...luma })).finish();
      const id = `${job}:1:${index}`;
      await publishInWindow(jetstream(this.bus.connection), { subject: subjectOf('luma', job), id, data, headers: { traceparent: `trace-${index}` } }); // prettier-ignore
    }
  }

  /** Takes so many coloured frames, as an encoder does, and then none any more. @param ms fails after that long */
  async take(
    job: string,
    count: number,
    seen: (frame: ChromaFrame, traceparent: string) => void = () => undefined,
    ms = 30_000,
  ): Promise<ChromaFrame[]> {
    const stop = new AbortController();
    const late = AbortSignal.timeout(ms);
    const frames: ChromaFrame[] = [];
    const signal = AbortSignal.any([stop.signal, late]);
    for await (const lease of takeLeases(this.bus.connection, {
      kind: 'chroma',
      queue: `encoder-${job}`,
      job,
      ahead: 4,
      signal,
    })) {
      // Plain bytes: easier to compare than views.
      const frame = ChromaFrame.decode(new Uint8Array(lease.data));
      frames.push(frame);
      seen(frame, lease.headers.get('traceparent') ?? '');
      await lease.done();
      if (frames.length === count) stop.abort();
    }
    if (frames.length < count) {
      const log = frames.map(({ frame }) => frame?.index).join(' ');
      throw new Error(`Of ${count} frames of ${job} only these came in ${ms} ms: ${log}`);
    }
    return frames;
  }

  waiting(kind: Kind, job: string): Promise<number> {
    return countMessages(this.bus.connection, kind, job);
  }

  async last(kind: Kind, job: string): Promise<Uint8Array> {
    const manager = await jetstreamManager(this.bus.connection);
    const message = await manager.streams.getMessage(streamOf(kind), { last_by_subj: subjectOf(kind, job) });
    return message!.data;
  }

  /** Kills the server, which loses what it had in memory, and starts it again. */
  async restartServer(): Promise<void> {
    const { url, pid, gone } = this.server;
    process.kill(pid, 'SIGKILL');
    await gone;
    this.server = await startNatsServer({ folder: path.join(this.folder, 'nats'), port: Number(new URL(url).port) });
  }

  async close(): Promise<void> {
    await this.bus.connection.close();
    await this.server.stop();
  }
}

/** The luma of a frame: a gradient that is another one for each. */
export const lumaOf = (index: number): Uint8Array =>
  Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (((i % WIDTH) * 5 + Math.floor(i / WIDTH) * 3 + index * 7) % 200) + 20); // prettier-ignore

/** Indexes of frames, sorted. */
export const indexes = (frames: readonly ChromaFrame[]): number[] =>
  frames.map(({ frame }) => frame!.index).toSorted((a, b) => a - b);

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
