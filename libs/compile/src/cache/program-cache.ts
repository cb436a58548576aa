import { createHash } from 'node:crypto';
import path from 'node:path';
import { loadBackend, type Engine } from '@kinemacolor/tensor';
import { CompileError } from '../compile-error.js';
import { compiledFrom, openProgram, type BuiltProgram, type CompiledProgram } from '../runtime/program.js';
import { codeFingerprint } from './code-fingerprint.js';
import { forgetOldest, readEntry, removeEntry, storeEntry } from './entries.js';

/** What a compiled program depends on, besides TensorFlow and this package: weights, shapes, precision … */
export type CacheKey = Readonly<Record<string, string | number>>;

export interface ProgramCacheOptions {
  /** Folder of the cache; made when it is not there. What else lies in it is left alone. */
  readonly folder: string;
  /** Programs kept, 1 or more; the ones used longest ago go first. Default: 32. */
  readonly most?: number;
}

const DEFAULT_MOST = 32;

/**
 * A program of constants from the disk, or built and stored there. The entry is keyed by `key`, TensorFlow's version,
 * the device and the code of this package. A damaged entry is built again; where the folder cannot be written, what it
 * holds is used and anything else is built each time. Processes may share a folder.
 * @throws CompileError, also `BAD_OPTION` for a program with variables, TensorError, whatever `build` throws
 */
export async function cachedProgram(
  key: CacheKey,
  build: () => Promise<BuiltProgram>,
  { folder, most = DEFAULT_MOST }: ProgramCacheOptions,
): Promise<CompiledProgram> {
  const entry = path.join(folder, entryName(key, await loadBackend(), codeFingerprint()));
  const known = await openEntry(entry);
  if (known !== undefined) return known;
  const built = await build();
  if (built.variables > 0) {
    throw new CompileError(
      'BAD_OPTION',
      'A program with variables cannot be cached, as their values would not be: build it without, or use compileProgram.',
    );
  }
  if (!(await storeEntry(entry, built))) return compiledFrom(built);
  await forgetOldest(folder, most);
  // Another process may have removed it meanwhile.
  return (await openEntry(entry)) ?? compiledFrom(built);
}

/** @param code fingerprint of the code that compiles */
export function entryName(
  key: CacheKey,
  { tensorflowVersion, device }: Pick<Engine, 'tensorflowVersion' | 'device'>,
  code: string,
): string {
  const parts = JSON.stringify([Object.entries(key).sort(), tensorflowVersion, device, code]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 32);
}

/** The program of an entry that is whole, or undefined. */
async function openEntry(entry: string): Promise<CompiledProgram | undefined> {
  const functions = await readEntry(entry);
  if (functions === undefined) return undefined;
  try {
    return await openProgram(entry, functions);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    // Whole, and yet not taken: of no use to anyone.
    await removeEntry(entry);
    return undefined;
  }
}
