import type { Painter } from './painter.js';

export interface PainterShelfOptions {
  /** Brings a version to this machine and loads it. */
  readonly open: (model: string, version: string) => Promise<Painter>;
  /** Painters that stay loaded; more only while so many are at work. */
  readonly most: number;
}

interface Entry {
  readonly model: string;
  readonly painter: Promise<Painter>;
  /** Once it is loaded. */
  made?: Painter;
  users: number;
  /** Rises with every use: the lowest has rested longest. */
  used: number;
}

/** A version could not be loaded; the cause says why. */
export class PainterMissing extends Error {
  override readonly name = 'PainterMissing';
}

/** The versions that are loaded. The one that has rested longest is closed when there are too many. */
export class PainterShelf {
  readonly #entries = new Map<string, Entry>();
  readonly #options: PainterShelfOptions;
  #uses = 0;
  #closed = false;

  constructor(options: PainterShelfOptions) {
    this.#options = options;
  }

  /** Versions that are loaded or being loaded. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether any version of the model is loaded. */
  has(model: string): boolean {
    return [...this.#entries.values()].some((entry) => entry.model === model);
  }

  /** Loads a version before it is needed. @throws PainterMissing */
  async load(model: string, version: string): Promise<void> {
    await this.use(model, version, () => Promise.resolve());
  }

  /**
   * Has a version paint; it stays loaded meanwhile.
   * @throws PainterMissing when it could not be loaded; whatever the work throws
   */
  async use<T>(model: string, version: string, work: (painter: Painter) => Promise<T>): Promise<T> {
    const entry = this.#take(model, version);
    try {
      return await work(await opened(entry, `${model} ${version}`));
    } finally {
      entry.users -= 1;
      await this.#closeSurplus();
    }
  }

  /** Closes all of them; what they are painting fails. */
  async close(): Promise<void> {
    this.#closed = true;
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(put));
  }

  #take(model: string, version: string): Entry {
    if (this.#closed) throw new PainterMissing('The colorizer is stopping.');
    const key = `${model}/${version}`;
    const there = this.#entries.get(key);
    const entry = there === undefined || there.made?.isDead === true ? this.#add(key, model, version) : there;
    entry.users += 1;
    entry.used = ++this.#uses;
    return entry;
  }

  #add(key: string, model: string, version: string): Entry {
    const entry: Entry = { model, painter: this.#options.open(model, version), users: 0, used: 0 };
    this.#entries.set(key, entry);
    entry.painter.then(
      (painter) => {
        entry.made = painter;
      },
      () => {
        // One that failed is tried anew by the next who wants it.
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return entry;
  }

  async #closeSurplus(): Promise<void> {
    const resting = [...this.#entries].filter(([, { users }]) => users === 0);
    const surplus = Math.max(0, this.#entries.size - this.#options.most);
    const closing = resting.toSorted(([, a], [, b]) => a.used - b.used).slice(0, surplus);
    for (const [key] of closing) this.#entries.delete(key);
    await Promise.all(closing.map(([, entry]) => put(entry)));
  }
}

async function opened({ painter }: Entry, name: string): Promise<Painter> {
  try {
    return await painter;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PainterMissing(`Model ${name} cannot be loaded: ${reason}`, { cause: error });
  }
}

async function put({ painter }: Entry): Promise<void> {
  const made = await painter.catch(() => undefined);
  await made?.close();
}
