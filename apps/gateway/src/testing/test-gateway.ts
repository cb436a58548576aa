import { setTimeout as pause } from 'node:timers/promises';
import {
  ColorizationServiceDefinition,
  JobState,
  ModelRecord,
  ModelsServiceDefinition,
  type ColorizationServiceDefinition as Colorization,
  type ModelsServiceDefinition as Models,
} from '@kinemacolor/contracts';
import { endJob, openJobStore, openModelRecords, type JobStore } from '@kinemacolor/jobs';
import { openLog, type Service } from '@kinemacolor/lifecycle';
import { openBus, openByteWriter, startNatsServer, type NatsServer } from '@kinemacolor/streaming';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  ChannelCredentials,
  ClientError,
  createChannel,
  createClient,
  Metadata,
  ServerError,
  Status,
  type Client,
} from 'nice-grpc';
import { gatewaySettings, type GatewayConfig } from '../config.js';
import { startGateway } from '../service.js';

/** A real store with a model in it, for gateways of a test. */
export interface TestStore {
  readonly server: NatsServer;
  /** The test's own, by which it plays decoder and encoder. */
  readonly connection: NatsConnection;
  readonly jobs: JobStore;
  /** Variables by which a gateway finds it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Small limits, so that a server on a small machine takes them. */
const SMALL = { fileBytes: 2 ** 28, memoryBytes: 2 ** 26 };

export async function openTestStore(folder: string, fileBytes = SMALL.fileBytes): Promise<TestStore> {
  const server = await startNatsServer({ folder });
  const streams = { ...SMALL, fileBytes };
  const { connection } = await openBus({ servers: [server.url], name: 'test', streams });
  const models = await openModelRecords(connection);
  const model = { name: 'fast', version: '1', sha256: '00', renderSize: 192, stored: new Date(), serving: false };
  const version = { model, object: 'fast/1', refused: '', checked: true };
  await models.create('fast', ModelRecord.create({ name: 'fast', serving: '1', versions: [version] }));
  return {
    server,
    connection,
    jobs: await openJobStore(connection),
    env: {
      KINEMACOLOR_NATS: server.url,
      KINEMACOLOR_LISTEN: '127.0.0.1:0',
      KINEMACOLOR_FILE_BYTES: String(fileBytes),
      KINEMACOLOR_MEMORY_BYTES: String(SMALL.memoryBytes),
      KINEMACOLOR_SWEEP_SECONDS: '0.2',
    },
    close: async () => {
      await connection.close();
      await server.stop();
    },
  };
}

/** A gateway in the test's own process. */
export interface TestGateway {
  readonly address: string;
  readonly service: Service;
  readonly client: ColorizationClient;
}

export async function openTestGateway(store: TestStore, changes: Partial<GatewayConfig> = {}): Promise<TestGateway> {
  const config = { ...gatewaySettings.parse({ env: store.env }), graceSeconds: 5, ...changes };
  const service = await startGateway(config, openLog('gateway', 'silent'));
  const address = String(service.facts!.address);
  return { address, service, client: openTestClient(address) };
}

export type ColorizationClient = Client<Colorization>;

export interface ClientOptions {
  readonly token?: string;
  readonly credentials?: ChannelCredentials;
}

export const openTestClient = (address: string, options: ClientOptions = {}): ColorizationClient =>
  createClient(ColorizationServiceDefinition, channelTo(address, options), { '*': withToken(options) });

export const openModelsClient = (address: string, options: ClientOptions = {}): Client<Models> =>
  createClient(ModelsServiceDefinition, channelTo(address, options), { '*': withToken(options) });

const channelTo = (address: string, { credentials }: ClientOptions): ReturnType<typeof createChannel> =>
  createChannel(address, credentials ?? ChannelCredentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });

const withToken = ({ token }: ClientOptions): { metadata?: Metadata } =>
  token === undefined ? {} : { metadata: Metadata({ authorization: `Bearer ${token}` }) };

/** What the encoder does at the end: the result, and then the word that the job is done. */
export async function encodeAs(store: TestStore, job: string, result: Uint8Array): Promise<void> {
  const writer = await openByteWriter(store.connection, 'result', job);
  await writer.write(result);
  await writer.finish();
  await endJob(store.jobs, job, { state: JobState.SUCCEEDED });
}

/** Bytes that are not all alike, and the same each time. */
export const someBytes = (length: number, seed = 1): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + seed) & 255));

/** Waits until something is so. @throws Error after 45 seconds, with what was waited for */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const until = performance.now() + 45_000;
  while (performance.now() < until) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(20);
  }
  throw new Error(`It did not come to pass within 45 seconds: ${what}.`);
}

/** What a client is told, or a call throws, with this code: for `rejects.toEqual` and `toThrow`. */
export const failing = (code: Status, details: RegExp): object => ({
  asymmetricMatch: (error: unknown) =>
    (error instanceof ClientError || error instanceof ServerError) &&
    error.code === code &&
    details.test(error.details),
  toString: () => `${Status[code]} ${String(details)}`,
});
