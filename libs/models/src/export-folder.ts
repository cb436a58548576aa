import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { ModelError } from './model-error.js';

/** What every export has. */
const FILES = ['saved_model.pb', 'kinemacolor.json'];
/** Always empty, as the weights are constants; what copies only files loses it. */
const VARIABLES = 'variables';

/**
 * An export goes into a new or an empty folder, or takes the place of an earlier one.
 * @throws ModelError `OCCUPIED` when something else is there, naming it; `WRITE_FAILED` when it is a file or cannot be read
 */
export async function checkExportFolder(out: string): Promise<void> {
  const there = await entriesOf(out);
  const foreign =
    there.find((name) => !FILES.includes(name) && name !== VARIABLES) ??
    (there.includes(VARIABLES) ? (await entriesOf(path.join(out, VARIABLES)))[0] : undefined);
  const missing = there.length === 0 ? undefined : FILES.find((name) => !there.includes(name));
  if (foreign === undefined && missing === undefined) return;
  const reason = foreign === undefined ? `it lacks ${missing ?? ''}` : `it holds ${foreign}`;
  throw new ModelError(
    'OCCUPIED',
    `${out} is neither empty nor an earlier export (${reason}): name a new folder, or remove this one yourself.`,
  );
}

/**
 * Fills a folder beside its final place and renames it when it is whole, so that nobody loads half of it.
 * @throws ModelError `WRITE_FAILED`, `OCCUPIED`
 */
export async function placeExport(out: string, fill: (unfinished: string) => Promise<void>): Promise<void> {
  const place = path.resolve(out);
  const beside = (what: string): string =>
    path.join(path.dirname(place), `.${path.basename(place)}.${what}-${randomUUID()}`);
  const unfinished = beside('writing');
  try {
    await mkdir(path.dirname(place), { recursive: true });
    await mkdir(unfinished);
    await fill(unfinished);
    // Looked at again: it may have been filled meanwhile.
    await checkExportFolder(place);
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
