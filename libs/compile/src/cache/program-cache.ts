import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadBackend } from '@kinemacolor/tensor';
import { CompileError } from '../compile-error.js';
import type { FunctionInterface } from '../trace/trace.js';
import {
  compiledFrom,
  openProgram,
  writeProgram,
  type BuiltProgram,
  type CompiledProgram,
} from '../runtime/program.js';
import { codeFingerprint } from './code-fingerprint.js';

/** What a compiled program depends on, besides TensorFlow and this package: weights, shapes, precision … */
export type CacheKey = Readonly<Record<string, string | number>>;

export interface ProgramCacheOptions {
  /** Folder of the cache; made when it is not there. */
  readonly folder: string;
  /** Programs kept; the ones used longest ago go first. Default: 32. */
  readonly most?: number;
}

const INTERFACE = 'interface.json';
const GRAPH = 'saved_model.pb';
const DEFAULT_MOST = 32;

interface Stored {
  readonly sha256: string;
  readonly functions: Readonly<Record<string, FunctionInterface>>;
}

/**
 * A program of constants from the disk, or built and stored there. The entry is keyed by `key`, TensorFlow's version,
 * the device and the code of this package. A damaged entry is built again; where the folder cannot be written the
 * program is built each time.
 * @throws CompileError, TensorError
 */
export async function cachedProgram(
  key: CacheKey,
  build: () => Promise<BuiltProgram>,
  { folder, most = DEFAULT_MOST }: ProgramCacheOptions,
): Promise<CompiledProgram> {
  const { tensorflowVersion, device } = await loadBackend();
  const whole = JSON.stringify([Object.entries(key).sort(), tensorflowVersion, device, codeFingerprint()]);
  const entry = path.join(folder, createHash('sha256').update(whole).digest('hex').slice(0, 32));
  const stored = await readEntry(entry);
  if (stored !== undefined) {
    try {
      return await openProgram(entry, stored.functions);
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      // Whole, and yet not taken: of no use to anyone.
      await removeIfPossible(entry);
    }
  }
  const built = await build();
  if (!(await storeEntry(entry, built))) return compiledFrom(built);
  await forgetOldest(folder, most);
  return openProgram(entry, built.functions);
}

/** An entry whose graph is whole; undefined when there is none. What is damaged is removed. */
async function readEntry(entry: string): Promise<Stored | undefined> {
  let graph: Buffer;
  try {
    graph = await readFile(path.join(entry, GRAPH));
    const stored = JSON.parse(await readFile(path.join(entry, INTERFACE), 'utf8')) as Stored;
    if (stored.sha256 === sha256(graph)) {
      const now = new Date();
      await utimes(entry, now, now);
      return stored;
    }
  } catch (error) {
    // Missing, cut off, or not ours to touch: all the same, a reason to build it again.
    if (!(error instanceof SyntaxError) && !isFileError(error)) throw error;
  }
  await removeIfPossible(entry);
  return undefined;
}

/** @returns whether the entry is there now, by us or by another process at the same time */
async function storeEntry(entry: string, built: BuiltProgram): Promise<boolean> {
  const beside = `${entry}.${randomUUID()}.writing`;
  try {
    await mkdir(beside, { recursive: true });
    await writeProgram(built, beside);
    const stored: Stored = { sha256: sha256(built.bytes), functions: built.functions };
    await writeFile(path.join(beside, INTERFACE), JSON.stringify(stored));
    await rename(beside, entry);
    return true;
  } catch (error) {
    if (!isFileError(error)) throw error;
    await removeIfPossible(beside);
    return (await readEntry(entry)) !== undefined;
  }
}

/** What cannot be removed (a foreign folder, a full disk) costs the next run a build, no more. */
async function removeIfPossible(entry: string): Promise<void> {
  try {
    await rm(entry, { recursive: true, force: true });
  } catch (error) {
    if (!isFileError(error)) throw error;
  }
}

async function forgetOldest(folder: string, most: number): Promise<void> {
  const entries = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const entry = path.join(folder, name);
      return { entry, used: await stat(entry).then(({ mtimeMs }) => mtimeMs, () => 0) }; // prettier-ignore
    }),
  );
  const old = entries.sort((a, b) => b.used - a.used).slice(most);
  for (const { entry } of old) await removeIfPossible(entry);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && typeof error.code === 'string';
