import path from 'node:path';
import { makeFolders, takeProcessLock } from '@kinemacolor/config';
import { StreamingError } from '@kinemacolor/streaming';

/**
 * Takes a data folder for this process, also one that a killed process has left: two would end each other's NATS.
 * @returns what lets go of it
 * @throws StreamingError `BUSY` while another process has it
 */
export async function ownFolder(folder: string): Promise<() => Promise<void>> {
  // Films are nobody else's business.
  await makeFolders(folder, 0o700);
  return takeProcessLock(
    path.join(folder, 'lock'),
    (pid) =>
      new StreamingError(
        'BUSY',
        `Another kinemacolor serve (process ${pid}) uses ${folder}. Stop it, or give this one another folder with --data.`,
      ),
  );
}
