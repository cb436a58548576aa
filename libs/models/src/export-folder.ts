import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '@kinemacolor/config';
import { ModelError } from './model-error.js';

/** By what an export of one kind is known. */
export interface ExportContents {
  /** What every one has. */
  readonly files: readonly string[];
  /** Always empty; what copies only files loses it. */
  readonly emptyFolder?: string;
  /** Looks into a folder with those files: why it is no such export after all. */
  readonly foreign?: (folder: string) => Promise<string | undefined>;
}

/** Of what overwrites nothing: what lies there may be a model that took weeks. */
export const NEW_FOLDER: ExportContents = { files: [] };

/**
 * An export goes into a new or an empty folder, or takes the place of an earlier one of its kind.
 * @throws ModelError `OCCUPIED` when something else is there, naming it; `WRITE_FAILED` when it is a file or cannot be read
 */
export async function checkExportFolder(out: string, contents: ExportContents): Promise<void> {
  const { files, emptyFolder, foreign } = contents;
  const there = await entriesOf(out);
  if (there.length === 0) return;
  const inside = emptyFolder !== undefined && there.includes(emptyFolder);
  const strange =
    there.find((name) => !files.includes(name) && name !== emptyFolder) ??
    (inside ? (await entriesOf(path.join(out, emptyFolder)))[0] : undefined);
  const missing = files.find((name) => !there.includes(name));
  const reason =
    strange !== undefined
      ? `it holds ${strange}`
      : missing !== undefined
        ? `it lacks ${missing}`
        : await foreign?.(out).catch((error: unknown) => { throw writeFailure(out, error); }); // prettier-ignore
  if (reason === undefined) return;
  throw new ModelError(
    'OCCUPIED',
    `${out} is neither empty nor an earlier export (${reason}): name a new folder, or remove this one yourself.`,
  );
}

/**
 * Fills a folder beside its final place and renames it when it is whole, so that nobody loads half of it.
 * @throws ModelError `WRITE_FAILED`, `OCCUPIED`
 */
export async function placeExport(
  out: string,
  contents: ExportContents,
  fill: (unfinished: string) => Promise<void>,
): Promise<void> {
  const place = path.resolve(out);
  const beside = (what: string): string =>
    path.join(path.dirname(place), `.${path.basename(place)}.${what}-${randomUUID()}`);
  const unfinished = beside('writing');
  try {
    await makeFolders(path.dirname(place));
    await mkdir(unfinished);
    await fill(unfinished);
    // Looked at again: it may have been filled meanwhile.
    await checkExportFolder(place, contents);
    await replace(place, unfinished, beside('old'));
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw writeFailure(out, error);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function replace(place: string, whole: string, old: string): Promise<void> {
  const replaces = await renamed(place, old);
  try {
    await rename(whole, place);
  } catch (error) {
    if (replaces) await rename(old, place);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

/** @returns whether there was anything of that name */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Names in a folder; none when there is no folder. */
async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw writeFailure(folder, error);
  }
}

function writeFailure(out: string, error: unknown): ModelError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ModelError('WRITE_FAILED', `The model could not be exported to ${out}: ${reason}`, { cause: error });
}
