import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a service is, told by HTTP to whoever watches its container. */
export interface Health {
  /** Where it is told, with the port that it got; undefined: nowhere. */
  readonly address: string | undefined;
  /** It has started, and is ready for work while this says so. */
  started(healthy: () => Promise<boolean>): void;
  /** It takes nothing new any more. */
  draining(): void;
  close(): Promise<void>;
}

type State = 'starting' | 'draining' | (() => Promise<boolean>);

/**
 * Answers GET `/live` with 200 for as long as the process answers at all, and `/ready` with 200 while the service can work, else
 * 503: before it has started, while what it needs is away, and once it drains. The body says which.
 * @param address `HOST:PORT`; undefined: nothing is told
 * @throws Error when the address cannot be listened at
 */
export async function openHealth(address: string | undefined): Promise<Health> {
  let state: State = 'starting';
  const started = (healthy: () => Promise<boolean>): void => {
    state = healthy;
  };
  const draining = (): void => {
    state = 'draining';
  };
  if (address === undefined) return { address, started, draining, close: () => Promise.resolve() };

  const server = createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') tell(response, 405, 'GET or HEAD');
    else if (request.url === '/live') tell(response, 200, 'live');
    else if (request.url === '/ready') void tellReady(response, state);
    else tell(response, 404, '/live or /ready');
  });
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon);
  server.listen(Number(address.slice(colon + 1)), host.replace(/^\[(.*)\]$/, '$1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { address: `${host}:${port}`, started, draining, close };
}

async function tellReady(response: ServerResponse, state: State): Promise<void> {
  if (typeof state === 'string') {
    tell(response, 503, state);
    return;
  }
  const healthy = await state().catch(() => false);
  tell(response, healthy ? 200 : 503, healthy ? 'ready' : 'what it needs does not answer');
}

function tell(response: ServerResponse, status: number, word: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`${word}\n`);
}
