import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import path from 'node:path';
import type { NatsServerOptions } from './nats-server.js';

/** In the server's folder: what process it is. */
export const PID_FILE = 'nats.pid';

/**
 * The configuration of a server of one's own.
 *
 * The limits are the disk's and the machine's: else a server that starts on a fuller disk would refuse what it has promised.
 * @param ports folder where it writes on which port it listens
 */
export async function configuration(
  { folder, port = 0, login, sync = true, more = '' }: NatsServerOptions,
  ports: string,
): Promise<string> {
  return `host: 127.0.0.1
port: ${port === 0 ? -1 : port}
ports_file_dir: ${JSON.stringify(ports)}
pid_file: ${JSON.stringify(path.join(folder, PID_FILE))}
jetstream: {
  store_dir: ${JSON.stringify(path.join(folder, 'store'))}
  sync_interval: ${sync ? 'always' : '2m'}
  max_file_store: ${await diskBytes(folder)}
  max_memory_store: ${Math.floor((totalmem() * 3) / 4)}
}
${login === undefined ? '' : `authorization: { user: ${JSON.stringify(login.user)}, password: ${JSON.stringify(login.password)} }`}
${more}
`;
}

/** Size of the disk that a folder lies on, bytes, whatever is free of it. */
export async function diskBytes(folder: string): Promise<number> {
  const { blocks, bsize } = await statfs(folder);
  return blocks * bsize;
}
