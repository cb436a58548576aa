import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '@kinemacolor/config';

const HOST = hostname().replaceAll(/\W/g, '_');
/** Of each folder that was looked through by this process. */
const swept = new Map<string, Promise<void>>();

/**
 * A new folder for what is under way, with the process in its name. The first one that a process makes removes those of
 * processes of this machine that were killed.
 * @param kind what it holds, one word
 */
export async function makeScratchFolder(kind: string, base: string = tmpdir()): Promise<string> {
  const sweeping = swept.get(base) ?? sweep(base);
  swept.set(base, sweeping);
  await sweeping;
  return mkdtemp(join(base, `kinemacolor-${kind}-${HOST}-${process.pid}-`));
}

async function sweep(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    const [, host, pid] = /^kinemacolor-[a-z]+-(\w+)-(\d+)-[^-]+$/.exec(name) ?? [];
    if (host !== HOST || pid === undefined) continue;
    const path = join(base, name);
    if (Number(pid) === process.pid ? await isYoung(path) : isRunning(Number(pid))) continue;
    // Another user's, perhaps: it is theirs to remove.
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Of our own number: a container that is started again has the same name, and its process the number of the one before. */
async function isYoung(path: string): Promise<boolean> {
  const started = Date.now() - process.uptime() * 1000;
  // Not there any more: nothing to remove.
  return stat(path).then(
    ({ ctimeMs }) => ctimeMs >= started,
    () => true,
  );
}
