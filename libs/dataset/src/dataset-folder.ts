import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '@kinemacolor/config';
import { MediaError } from '@kinemacolor/media';
import { DatasetError } from './dataset-error.js';
import { INDEX_FILE, parseIndex, type DatasetIndex } from './dataset-index.js';

/** A folder that is filled beside its place and renamed when it is whole. */
export class DatasetFolder {
  private constructor(
    private readonly target: string,
    private readonly beside: string,
  ) {}

  /**
   * @param force whether an earlier extraction there is replaced at the end; anything else never is
   * @throws DatasetError `OCCUPIED`; MediaError `OUTPUT_UNWRITABLE`, `DISK_FULL`
   */
  static async open(target: string, force: boolean): Promise<DatasetFolder> {
    const absolute = path.resolve(target);
    try {
      await refuseOccupied(absolute, target, force);
      const parent = path.dirname(absolute);
      await makeFolders(parent);
      const beside = path.join(parent, `.${path.basename(absolute)}.${process.pid}-${Date.now()}.kinemacolor-part`);
      await mkdir(beside);
      return new DatasetFolder(absolute, beside);
    } catch (thrown) {
      if (thrown instanceof DatasetError) throw thrown;
      throw MediaError.fromOutput(thrown, target);
    }
  }

  /** @throws MediaError `OUTPUT_UNWRITABLE`, `DISK_FULL` */
  async add(file: string, bytes: Uint8Array | string): Promise<void> {
    try {
      await writeFile(path.join(this.beside, file), bytes);
    } catch (thrown) {
      throw MediaError.fromOutput(thrown, this.target);
    }
  }

  /** Puts the folder in its place. @throws MediaError `OUTPUT_UNWRITABLE`, `DISK_FULL` */
  async commit(index: DatasetIndex): Promise<void> {
    await this.add(INDEX_FILE, JSON.stringify(index, null, 2) + '\n');
    const before = `${this.beside}.before`;
    try {
      // An empty folder is replaced by the rename itself; one with an earlier extraction steps aside first.
      const replaced = (await entriesOf(this.target)).length > 0;
      if (replaced) await rename(this.target, before);
      try {
        await rename(this.beside, this.target);
      } catch (thrown) {
        if (replaced) await rename(before, this.target);
        throw thrown;
      }
      if (replaced) await rm(before, { recursive: true, force: true });
    } catch (thrown) {
      throw MediaError.fromOutput(thrown, this.target);
    }
  }

  /** Removes what was written, unless it is in its place already. */
  async discard(): Promise<void> {
    await rm(this.beside, { recursive: true, force: true });
  }
}

async function refuseOccupied(folder: string, name: string, force: boolean): Promise<void> {
  const entries = await entriesOf(folder);
  if (entries.length === 0) return;
  const index = entries.includes(INDEX_FILE) ? parseIndex(await readFile(path.join(folder, INDEX_FILE), 'utf8')) : undefined; // prettier-ignore
  const own = new Set([INDEX_FILE, ...(index?.pictures.map(({ file }) => file) ?? [])]);
  const foreign = index === undefined ? entries[0] : entries.find((entry) => !own.has(entry));
  if (foreign !== undefined) {
    const message = `${name}: holds other things (${foreign}), which are not replaced. Name a new folder.`;
    throw new DatasetError('OCCUPIED', message);
  }
  if (force) return;
  const message = `${name}: holds an earlier extraction. Name a new folder, or replace it with --force.`;
  throw new DatasetError('OCCUPIED', message);
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
