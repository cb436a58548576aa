import { startNatsServer, type NatsServer } from '@kinemacolor/streaming';

/** A NATS server of one's own that is started again, at the same address, when it ends by itself. */
export interface KeptServer {
  readonly url: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Fails when it could not be started again. */
  readonly broken: Promise<never>;
  /** Ends it. Idempotent. */
  stop(): Promise<void>;
}

/** @throws StreamingError `SERVER_MISSING`, `SERVER_FAILED` */
export async function keepServer(folder: string, onCrash: () => void): Promise<KeptServer> {
  let server: NatsServer = await startNatsServer({ folder });
  const { url } = server;
  const port = Number(new URL(url).port);
  let stopping = false;
  const keep = async (): Promise<never> => {
    for (;;) {
      await server.gone;
      // Stopped on purpose: this is not broken, and never will be.
      if (stopping) return new Promise<never>(() => undefined);
      onCrash();
      server = await startNatsServer({ folder, port });
    }
  };
  const broken = keep();
  // Whoever waits for it hears of it.
  broken.catch(() => undefined);
  return {
    url,
    get pid() {
      return server.pid;
    },
    broken,
    stop: async () => {
      stopping = true;
      await server.stop();
    },
  };
}
