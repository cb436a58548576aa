import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a service that can be cut, as when a gateway is killed while the job's state lives on elsewhere. */
export interface FlakyLine {
  readonly address: string;
  /** Cuts every connection at once, and refuses new ones until `mend`. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** @param port of the service, on loopback */
export async function openFlakyLine(port: number): Promise<FlakyLine> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      // A cut is what this is for.
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  const cut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  return {
    address: `127.0.0.1:${own}`,
    cut,
    mend: async () => {
      server.listen(own, '127.0.0.1');
      await once(server, 'listening');
    },
    close: cut,
  };
}
