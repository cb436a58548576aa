import { randomUUID } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import os from 'node:os';
import { z } from 'zod';
import type { LockOwner } from './lock-text.js';

const schema = z.object({
  host: z.string(),
  pid: z.int().positive(),
  machine: z.string(),
  began: z.string(),
  since: z.string(),
  token: z.string(),
});

/** This process. */
export async function thisOwner(): Promise<LockOwner> {
  const [machine, process_] = await Promise.all([thisMachine(), processAt(process.pid)]);
  const since = new Date().toISOString();
  return { host: os.hostname(), pid: process.pid, machine, began: process_?.began ?? '', since, token: randomUUID() };
}

/** Undefined for what is no lock, or is being written. */
export function parseOwner(text: string): LockOwner | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** `unknown`: of another machine or container, whose processes cannot be seen from here. */
export async function fateOf({ pid, machine, began }: LockOwner): Promise<'alive' | 'dead' | 'unknown'> {
  if (machine === '' || machine !== (await thisMachine())) return 'unknown';
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead';
    // EPERM: it is there, and somebody else's.
  }
  const found = await processAt(pid);
  if (found === undefined) return 'alive';
  return found.ended || found.began !== began ? 'dead' : 'alive';
}

export const told = ({ host, pid, since }: LockOwner): string => `process ${pid} on ${host} (since ${since})`;

async function thisMachine(): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()} ${await readlink('/proc/self/ns/pid')}`;
  } catch {
    // Not Linux, or shut away from it: beats alone tell, then.
    return '';
  }
}

/** proc(5): the state is the third field of `stat`, the start the 22nd; the second one, a name, may hold anything. */
async function processAt(pid: number): Promise<{ began: string; ended: boolean } | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && { began: fields[22 - 3]!, ended: /^[ZX]/.test(fields[0]!) };
}
