import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isRunning, makeFolders } from '@kinemacolor/config';
import { StreamingError } from '@kinemacolor/streaming';

/**
 * Takes a data folder for this process, also one that a killed process has left: two would end each other's NATS.
 * @returns what lets go of it
 * @throws StreamingError `BUSY` while another process has it
 */
export async function ownFolder(folder: string): Promise<() => Promise<void>> {
  // Films are nobody else's business.
  await makeFolders(folder, 0o700);
  const file = path.join(folder, 'owner');
  const mine = `${process.pid} ${(await birthOf(process.pid)) ?? ''}`;
  try {
    await writeFile(file, mine, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const [pid = '', birth = ''] = (await readFile(file, 'utf8')).split(' ');
    if (await runs(Number(pid), birth)) {
      throw new StreamingError(
        'BUSY',
        `Another kinemacolor serve (process ${pid}) uses ${folder}. Stop it, or give this one another folder with --data.`,
      );
    }
    await writeFile(file, mine);
  }
  return () => rm(file, { force: true });
}

/** Whether that very process runs: its number may have been given again. */
async function runs(pid: number, birth: string): Promise<boolean> {
  if (!isRunning(pid)) return false;
  const now = await birthOf(pid);
  return now === undefined || birth === '' || now === birth;
}

/** When a process was started, in ticks since the machine was; undefined where that cannot be seen. */
async function birthOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, which may hold anything; the 22nd is what is wanted.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
