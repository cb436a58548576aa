import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { ClientError } from './client-error.js';

/**
 * Takes the part of a file for one download alone: two that write to it would make it longer than the result.
 *
 * The lock is a name in Linux's abstract sockets, which the kernel frees when its process ends in whatever way: nothing is
 * left that somebody would have to find dead and take over. It says which folder by device and inode, as that may have
 * several paths. Other machines and containers do not see it, and other systems do not have it: there only the length at
 * the end tells.
 * @returns what lets go of it
 * @throws ClientError `ABORTED` where another download has it; the errors of the file system for the folder
 */
export async function lockPart(file: string, jobId: string): Promise<() => void> {
  const { dev, ino } = await stat(path.dirname(file), { bigint: true });
  if (process.platform !== 'linux') return () => undefined;
  const identity = createHash('sha256')
    .update(`${dev} ${ino} ${jobId} ${path.basename(file)}`)
    .digest('hex');
  const server = createServer((socket) => socket.destroy()).unref();
  // Workers of a cluster would share it else.
  server.listen({ path: `\0kinemacolor-part-${identity}`, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const words = `${file}: another download of the same job writes to it. Wait for that one, or give another name.`;
    throw new ClientError('ABORTED', words, { jobId, cause: error });
  }
  return () => void server.close();
}
