import { randomBytes } from 'node:crypto';
import { endLeftServer, startNatsServer, type NatsServer } from '@kinemacolor/streaming';
import { ownFolder } from './folder-owner.js';
import { removeNatsUrl, writeNatsUrl } from './nats-url.js';

/** A NATS server of one's own that is started again, at the same address, when it ends by itself. */
export interface KeptServer {
  /** With the password that lets one in, which is another at each start: not to be shown. */
  readonly url: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Fails when it could not be started again. */
  readonly broken: Promise<never>;
  /** Ends it. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Loopback is open to every user of the machine, so the server lets in nobody without the password. It stands in files that
 * only this user may read: the server's configuration, and the one of `readNatsUrl`.
 *
 * A server that outlived whoever kept it here, as that one was killed, is ended first.
 * @throws StreamingError `SERVER_MISSING`, `SERVER_FAILED`; `BUSY` when another process keeps one here
 */
export async function keepServer(folder: string, onCrash: () => void): Promise<KeptServer> {
  const letGo = await ownFolder(folder);
  try {
    await endLeftServer(folder);
    return await keep(folder, onCrash, letGo);
  } catch (error) {
    await letGo();
    throw error;
  }
}

async function keep(folder: string, onCrash: () => void, letGo: () => Promise<void>): Promise<KeptServer> {
  const login = { user: 'kinemacolor', password: randomBytes(32).toString('base64url') };
  let server: NatsServer = await startNatsServer({ folder, login });
  const { url } = server;
  const port = Number(new URL(url).port);
  let stopping = false;
  /** It may be on its way. */
  let next = Promise.resolve(server);
  const restart = async (): Promise<never> => {
    for (;;) {
      await server.gone;
      // Stopped on purpose: this is not broken, and never will be.
      if (stopping) return new Promise<never>(() => undefined);
      onCrash();
      next = startNatsServer({ folder, port, login });
      server = await next;
    }
  };
  const broken = restart();
  // Whoever waits for it hears of it.
  broken.catch(() => undefined);
  const stop = async (): Promise<void> => {
    stopping = true;
    // One that could not be started again is told of by `broken`, and need not be stopped.
    await next.then(
      (last) => last.stop(),
      () => undefined,
    );
    await removeNatsUrl(folder);
    await letGo();
  };
  try {
    await writeNatsUrl(folder, url);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    get pid() {
      return server.pid;
    },
    broken,
    stop,
  };
}
