import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connectNats } from '../connect.js';
import { startNatsServer, type NatsServer } from '../server/nats-server.js';

/** Three NATS servers on loopback that are one cluster. */
export interface TestCluster {
  /** URLs of all of them, separated by commas. */
  readonly urls: string;
  /** How many streams each node leads, by its name, once every stream has a leader. */
  leads(): Promise<ReadonlyMap<string, number>>;
  /** Copies of each stream, by its name. */
  copies(): Promise<ReadonlyMap<string, number>>;
  /** Of the processes that run. */
  pids(): readonly number[];
  /** Ends a node as `kill -9` does. */
  kill(name: string): Promise<void>;
  /** Starts a killed node again, where it was; resolves when it has caught up with every stream. */
  restart(name: string): Promise<void>;
  stop(): Promise<void>;
}

const NAMES = ['one', 'two', 'three'] as const;
const PATIENCE_MS = 30_000;

/** Starts them, and waits until they have a leader. @param folder of what they keep */
export async function startTestCluster(folder: string): Promise<TestCluster> {
  const ports = await freePorts(2 * NAMES.length);
  const routes = ports.slice(NAMES.length).map((port) => `nats://127.0.0.1:${port}`);
  const nodes = new Map<string, NatsServer>();
  const start = async (name: string): Promise<void> => {
    const i = NAMES.findIndex((one) => one === name);
    const more = `server_name: ${name}
      cluster: { name: kinemacolor, host: 127.0.0.1, port: ${ports[NAMES.length + i]!}, routes: ${JSON.stringify(routes)} }`;
    nodes.set(name, await startNatsServer({ folder: path.join(folder, name), port: ports[i]!, sync: false, more }));
  };
  await Promise.all(NAMES.map(start));
  const urls = NAMES.map((_, i) => `nats://127.0.0.1:${ports[i]!}`).join(',');
  const connection = await connectNats({ servers: urls.split(','), name: 'cluster' });
  const manager = await eventually(async () => {
    const found = await jetstreamManager(connection);
    await found.getAccountInfo();
    return found;
  });
  return {
    urls,
    leads: () =>
      eventually(async () => {
        const counts = new Map<string, number>(NAMES.map((name) => [name, 0]));
        for await (const { config, cluster } of manager.streams.list()) {
          const { leader } = cluster ?? {};
          if (leader === undefined || leader === '') throw new Error(`${config.name} has no leader.`);
          counts.set(leader, (counts.get(leader) ?? 0) + 1);
        }
        return counts;
      }),
    copies: async () => {
      const counts = new Map<string, number>();
      for await (const { config, cluster } of manager.streams.list()) {
        counts.set(config.name, 1 + (cluster?.replicas?.length ?? 0));
      }
      return counts;
    },
    pids: () => [...nodes.values()].map(({ pid }) => pid),
    kill: async (name) => {
      const node = nodes.get(name)!;
      process.kill(node.pid, 'SIGKILL');
      await node.gone;
    },
    restart: async (name) => {
      await start(name);
      await eventually(async () => {
        for await (const { config, cluster } of manager.streams.list()) {
          const members = [cluster?.leader, ...(cluster?.replicas ?? []).filter((one) => one.current).map((one) => one.name)]; // prettier-ignore
          if (!members.includes(name)) throw new Error(`${name} has not caught up with ${config.name}.`);
        }
        return true;
      });
    },
    stop: async () => {
      await connection.close();
      await Promise.all([...nodes.values()].map((node) => node.stop()));
    },
  };
}

/** @throws the last error after half a minute */
async function eventually<T>(ask: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > until) throw error;
      await pause(100);
    }
  }
}

/** Ports that nobody listens at: the routes of a cluster have to be known before it starts. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(
    servers.map((server) => {
      const closed = once(server, 'close');
      server.close();
      return closed;
    }),
  );
  return ports;
}
