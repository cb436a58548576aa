import { readFile } from 'node:fs/promises';
import { logVerbosity, setLogVerbosity, type ChannelOptions, type ServerCredentials } from '@grpc/grpc-js';
import { ColorizationServiceDefinition, ModelsServiceDefinition, PROTOSET } from '@kinemacolor/contracts';
import type { Log, Service } from '@kinemacolor/lifecycle';
import { answers, busOptions, openBus } from '@kinemacolor/streaming';
import type { NatsConnection } from '@nats-io/transport-node';
import { createServer, type Server } from 'nice-grpc';
import { HealthDefinition, HealthServiceImpl, HealthState } from 'nice-grpc-server-health';
import { ServerReflection, ServerReflectionService } from 'nice-grpc-server-reflection';
import { colorizationService } from './colorization-service.js';
import type { GatewayConfig } from './config.js';
import { serverCredentials } from './credentials.js';
import { openGateway } from './gateway.js';
import { guard } from './guard.js';
import { healthDescriptors } from './health-descriptor.js';
import { keepHouse } from './janitor.js';
import { modelsService } from './models-service.js';
import { OpenCalls } from './open-calls.js';
import { cannotListen, wrongFile } from './start-error.js';
import { tellLoad } from './tell-load.js';
import { openTokens, type Tokens } from './tokens.js';
import { traceCalls } from './trace-calls.js';

const SERVICES = [ColorizationServiceDefinition.fullName, ModelsServiceDefinition.fullName] as const;
/** A client whose machine is gone, or that is frozen, does not say so: it is asked after this time, and is gone when it does not answer. */
const keepalive = ({ keepaliveSeconds }: GatewayConfig): ChannelOptions => ({
  'grpc.keepalive_time_ms': keepaliveSeconds * 1000,
  'grpc.keepalive_timeout_ms': keepaliveSeconds * 500,
});
/** What is left of the grace for the last words, the server and the connection. */
const RESERVE_MS = 4_000;

/**
 * Starts a gateway.
 * @throws ConfigError for an address, a file or settings that it cannot use, or that would leave it open; StreamingError when
 *   the store cannot be reached
 */
export async function startGateway(config: GatewayConfig, log: Log): Promise<Service> {
  const credentials = await serverCredentials(config);
  const tokens = config.tokens === undefined ? undefined : await readTokens(config.tokens, log);
  const { connection } = await openBus(busOptions(config, 'gateway'));
  try {
    return await serve(config, log, credentials, tokens, connection);
  } catch (error) {
    tokens?.close();
    await connection.close();
    throw error;
  }
}

async function serve(
  config: GatewayConfig,
  log: Log,
  credentials: ServerCredentials,
  tokens: Tokens | undefined,
  connection: NatsConnection,
): Promise<Service> {
  const gateway = await openGateway(connection, config, log);
  const health = HealthState();
  const calls = new OpenCalls();
  const server = createServer({ ...keepalive(config), 'grpc.max_receive_message_length': config.mostMessageBytes })
    .use(traceCalls())
    .use(guard({ calls, tokens, log }));
  server.add(ColorizationServiceDefinition, colorizationService(gateway));
  server.add(ModelsServiceDefinition, modelsService(gateway));
  server.add(HealthDefinition, HealthServiceImpl(health));
  if (config.reflection) {
    const descriptors = Buffer.concat([await readFile(PROTOSET), healthDescriptors()]);
    server.add(ServerReflectionService, ServerReflection(descriptors, [...SERVICES, HealthDefinition.fullName]));
  }
  const port = await listen(server, config.listen, credentials);
  const drained = new AbortController();
  const house = keepHouse(gateway, drained.signal);
  const endLoad = tellLoad(gateway);
  void tellHealth(connection, health, drained.signal);
  let draining: Promise<void> | undefined;
  return {
    facts: { address: withPort(config.listen, port) },
    ended: endOf(connection, drained.signal),
    healthy: () => answers(connection),
    drain: () =>
      (draining ??= (async () => {
        setHealth(health, false);
        drained.abort();
        endLoad();
        await calls.drain(Math.max(config.graceSeconds * 1000 - RESERVE_MS, 0));
        await shutDown(server);
        tokens?.close();
        await house;
        await connection.drain();
      })()),
  };
}

/** @throws ConfigError for an address that is taken, or not this machine's */
async function listen(
  server: Pick<Server, 'listen'>,
  address: string,
  credentials: ServerCredentials,
): Promise<number> {
  // What gRPC would print of it is in its error as well.
  setLogVerbosity(logVerbosity.NONE);
  try {
    return await server.listen(address, credentials);
  } catch (error) {
    throw cannotListen(address, error);
  } finally {
    setLogVerbosity(logVerbosity.ERROR);
  }
}

/** @throws ConfigError for a file that cannot be read, or holds something else */
async function readTokens(file: string, log: Log): Promise<Tokens> {
  try {
    return await openTokens(file, log);
  } catch (error) {
    throw wrongFile('KINEMACOLOR_TOKENS', file, error);
  }
}

const withPort = (listen: string, port: number): string =>
  listen.startsWith('unix:') ? listen : `${listen.slice(0, listen.lastIndexOf(':'))}:${port}`;

function setHealth(health: HealthState, serving: boolean): void {
  for (const name of ['', ...SERVICES]) health.setStatus(serving ? 'healthy' : 'unhealthy', name);
}

/** Serving means that there is a store to serve from. */
async function tellHealth(connection: NatsConnection, health: HealthState, drained: AbortSignal): Promise<void> {
  setHealth(health, true);
  for await (const { type } of connection.status()) {
    if (drained.aborted) return;
    if (type === 'disconnect' || type === 'reconnect') setHealth(health, type === 'reconnect');
  }
}

/** The connection comes back by itself; one that is closed for good ends the service. */
async function endOf(connection: NatsConnection, drained: AbortSignal): Promise<void> {
  const error = await connection.closed();
  if (drained.aborted) return;
  throw new Error('The connection to NATS was closed.', { cause: error });
}

const SHUTDOWN_MS = 1_000;

/** Lets connections go that have no call any more; what is still open then, such as a client that reads nothing, is cut. */
async function shutDown(server: Pick<Server, 'shutdown' | 'forceShutdown'>): Promise<void> {
  const late = setTimeout(() => {
    server.forceShutdown();
  }, SHUTDOWN_MS);
  await server.shutdown();
  clearTimeout(late);
}
