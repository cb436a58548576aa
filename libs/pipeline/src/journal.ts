import { existsSync } from 'node:fs';
import { readFile, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isLock, lockFolder } from './journal-lock.js';
import { PipelineError } from './pipeline-error.js';

/** What a run was started with; a resumed run must be started with the same. */
export type JournalKey = Readonly<Record<string, string | number | boolean | null>>;

/** One stretch of the film on disk. */
export interface JournalPart {
  /** File name inside the journal's folder. */
  readonly file: string;
  /** First frame of the film in it. */
  readonly startFrame: number;
  /** Frames in it once it is complete; undefined while it is being written, or when the run was cut off. */
  readonly frames?: number;
}

interface JournalFile {
  readonly version: 1;
  readonly key: JournalKey;
  readonly parts: readonly JournalPart[];
  /** Frames of the whole film, once the last one is encoded. */
  readonly complete: number | undefined;
}

/** States of the temporal stages that are kept: the encoder lags behind by less than this many segments. */
const STATES_KEPT = 8;

/**
 * The notes of a run beside its output, in a hidden folder `.<output>.kinemacolor/`: finished parts of the film, and
 * the state of the temporal stages at segment borders. Written so that it can be read after a crash at any moment.
 */
export class Journal {
  private constructor(
    readonly folder: string,
    private readonly key: JournalKey,
    private entries: JournalPart[],
    private completeFrames: number | undefined,
    private readonly unlock: () => Promise<void>,
  ) {}

  static folderFor(output: string): string {
    return path.join(path.dirname(output), `.${path.basename(output)}.kinemacolor`);
  }

  /** Starts afresh; what an earlier run left is removed. @throws PipelineError `BUSY` when another run works on it */
  static async create(output: string, key: JournalKey): Promise<Journal> {
    const folder = Journal.folderFor(output);
    const unlock = await lockFolder(folder);
    await empty(folder);
    const journal = new Journal(folder, key, [], undefined, unlock);
    await journal.write();
    return journal;
  }

  /**
   * Reads what an earlier run left.
   * @returns undefined when there is nothing
   * @throws PipelineError `JOURNAL_MISMATCH` when it was made from another source or with other settings, `BUSY` when
   *   another run works on it
   */
  static async open(output: string, key: JournalKey): Promise<Journal | undefined> {
    const folder = Journal.folderFor(output);
    const file = path.join(folder, 'journal.json');
    if (!existsSync(file)) return undefined;
    let taken = false;
    // Before it is read: another run may be at its end.
    const unlock = await lockFolder(folder);
    try {
      const stored = await read(file);
      if (stored === undefined) return undefined;
      const changed = Object.keys({ ...stored.key, ...key }).filter((name) => stored.key[name] !== key[name]);
      if (changed.length > 0) {
        const list = changed.map((name) => `${name} was ${stored.key[name] ?? 'unset'}, is ${key[name] ?? 'unset'}`);
        throw new PipelineError(
          'JOURNAL_MISMATCH',
          `The earlier run for ${output} cannot be resumed: ${list.join('; ')}. Use the same settings, or run without --resume.`,
        );
      }
      taken = true;
      return new Journal(folder, key, [...stored.parts], stored.complete, unlock);
    } finally {
      if (!taken) await letGo(folder, unlock);
    }
  }

  get parts(): readonly JournalPart[] {
    return this.entries;
  }

  /** Frames of the whole film when all of them are encoded. */
  get complete(): number | undefined {
    return this.completeFrames;
  }

  pathOf(part: Pick<JournalPart, 'file'>): string {
    return path.join(this.folder, part.file);
  }

  /** Opens a new part; `extension` as the container wants it. */
  async beginPart(startFrame: number, extension: string): Promise<JournalPart> {
    const part = { file: `part-${String(startFrame).padStart(9, '0')}${extension}`, startFrame };
    this.entries = [...this.entries.filter((other) => other.startFrame < startFrame), part];
    await this.write();
    return part;
  }

  /** Replaces the part that begins where this one does. */
  async setPart(part: JournalPart): Promise<void> {
    this.entries = this.entries.map((other) => (other.startFrame === part.startFrame ? part : other));
    await this.write();
  }

  /** Forgets the parts from this frame on. */
  async dropFrom(startFrame: number): Promise<void> {
    const dropped = this.entries.filter((part) => part.startFrame >= startFrame);
    this.entries = this.entries.filter((part) => part.startFrame < startFrame);
    await this.write();
    for (const part of dropped) await rm(this.pathOf(part), { force: true });
  }

  async markComplete(frames: number): Promise<void> {
    this.completeFrames = frames;
    await this.write();
  }

  /** Keeps the stages' state as it is before `frame`; the oldest beyond the last few are removed. */
  async saveState(frame: number, state: Buffer): Promise<void> {
    await this.writeBeside(`state-${frame}.bin`, state);
    for (const old of (await this.states()).slice(0, -STATES_KEPT)) {
      await rm(path.join(this.folder, `state-${old}.bin`), { force: true });
    }
  }

  async readState(frame: number): Promise<Buffer> {
    return readFile(path.join(this.folder, `state-${frame}.bin`));
  }

  /** Frames before which a state is kept, ascending. */
  async states(): Promise<number[]> {
    const names = await readdir(this.folder);
    return names.flatMap((name) => /^state-(\d+)\.bin$/.exec(name)?.[1] ?? []).map(Number).sort((a, b) => a - b); // prettier-ignore
  }

  /** Nothing here is needed any more: the film is in place, or cannot be made. */
  async remove(): Promise<void> {
    // In this order: once it is unlocked, another run may have the folder.
    await empty(this.folder);
    await letGo(this.folder, this.unlock);
  }

  /** Lets another run take it up; everything stays. */
  async release(): Promise<void> {
    await this.unlock();
  }

  private async write(): Promise<void> {
    const stored: JournalFile = { version: 1, key: this.key, parts: this.entries, complete: this.completeFrames };
    await this.writeBeside('journal.json', JSON.stringify(stored, null, 1));
  }

  private async writeBeside(name: string, content: string | Buffer): Promise<void> {
    const file = path.join(this.folder, name);
    await writeFile(`${file}.writing`, content);
    await rename(`${file}.writing`, file);
  }
}

/** Of all but the lock; a folder that somebody has removed is empty. */
async function empty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isOneOf(error, 'ENOENT')) return [];
    throw error;
  });
  for (const name of names) if (!isLock(name)) await rm(path.join(folder, name), { recursive: true, force: true });
}

/** Unlocks it, and removes it if nothing is in it then: another run may have it by now. */
async function letGo(folder: string, unlock: () => Promise<void>): Promise<void> {
  await unlock();
  await rmdir(folder).catch((error: unknown) => {
    if (!isOneOf(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
  });
}

/** Undefined when it has gone. @throws PipelineError `JOURNAL_MISMATCH` for what is no journal */
async function read(file: string): Promise<JournalFile | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JournalFile;
  } catch (error) {
    if (isOneOf(error, 'ENOENT')) return undefined;
    const folder = path.dirname(file);
    throw new PipelineError(
      'JOURNAL_MISMATCH',
      `The notes of the earlier run in ${folder} are damaged. Run again without --resume to start afresh.`,
      { cause: error },
    );
  }
}

const isOneOf = (error: unknown, ...codes: string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException).code ?? '');
