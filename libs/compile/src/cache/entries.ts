import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeProgram, type BuiltProgram } from '../runtime/program.js';
import type { FunctionInterface } from '../trace/trace.js';

/*
 * An entry is a folder: the SavedModel, and how its functions are called. Other processes may read, replace and forget
 * entries at any moment, and the disk may be full or not ours: none of that is an error, it costs a build.
 */
const INTERFACE = 'interface.json';
const GRAPH = 'saved_model.pb';
/** An entry, or what a process that ended too early has left of one. */
const OURS = /^[0-9a-f]{32}(\.[0-9a-f-]{36}\.writing)?$/;

type Functions = Readonly<Record<string, FunctionInterface>>;

interface Stored {
  /** Of the graph and the functions. */
  readonly sha256: string;
  readonly functions: Functions;
}

/** The functions of an entry that is whole, which counts as used now; undefined for any other. */
export async function readEntry(entry: string): Promise<Functions | undefined> {
  try {
    const graph = await readFile(path.join(entry, GRAPH));
    const stored = JSON.parse(await readFile(path.join(entry, INTERFACE), 'utf8')) as Stored | null;
    if (stored?.sha256 !== checksum(graph, stored?.functions)) return undefined;
    await markUsed(entry);
    return stored.functions;
  } catch (error) {
    // Not JSON: cut off.
    if (!(error instanceof SyntaxError)) unlessFileError(error);
    return undefined;
  }
}

async function markUsed(entry: string): Promise<void> {
  const now = new Date();
  // Where it may only be read nothing is forgotten either.
  await utimes(entry, now, now).catch(unlessFileError);
}

/** Writes beside, then renames: no process sees half an entry. @returns whether there is a whole entry now */
export async function storeEntry(entry: string, built: BuiltProgram): Promise<boolean> {
  const beside = `${entry}.${randomUUID()}.writing`;
  try {
    await mkdir(beside, { recursive: true });
    await writeProgram(built, beside);
    const stored: Stored = { sha256: checksum(built.bytes, built.functions), functions: built.functions };
    await writeFile(path.join(beside, INTERFACE), JSON.stringify(stored));
    await putInPlace(beside, entry);
    return true;
  } catch (error) {
    unlessFileError(error);
    return false;
  } finally {
    await removeEntry(beside);
  }
}

/** A whole entry of another process is as good as ours; a damaged one makes room. */
async function putInPlace(beside: string, entry: string): Promise<void> {
  try {
    await rename(beside, entry);
  } catch (error) {
    unlessFileError(error);
    if ((await readEntry(entry)) !== undefined) return;
    await removeEntry(entry);
    await rename(beside, entry);
  }
}

/** What cannot be removed costs the next run a build, no more. */
export async function removeEntry(entry: string): Promise<void> {
  await rm(entry, { recursive: true, force: true }).catch(unlessFileError);
}

/** Keeps the `most` entries that were used last; what else lies in the folder stays. */
export async function forgetOldest(folder: string, most: number): Promise<void> {
  const names = (await readdir(folder).catch(unlessFileError)) ?? [];
  const entries = await Promise.all(
    names
      .filter((name) => OURS.test(name))
      .map(async (name) => {
        const entry = path.join(folder, name);
        return { entry, used: (await stat(entry).catch(unlessFileError))?.mtimeMs ?? 0 };
      }),
  );
  const old = entries.sort((a, b) => b.used - a.used).slice(most);
  for (const { entry } of old) await removeEntry(entry);
}

/** Of everything that is stored, so that no changed byte passes for an entry. */
const checksum = (graph: Uint8Array, functions: Functions | undefined): string =>
  createHash('sha256')
    .update(graph)
    .update(JSON.stringify([functions]))
    .digest('hex');

function unlessFileError(error: unknown): undefined {
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  return undefined;
}
