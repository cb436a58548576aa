import { Piscina } from 'piscina';
import { TrainingError } from '../config/training-error.js';
import { catalogue, type Catalogue } from './catalogue.js';
import { randomOf, WeightedChoice } from './choice.js';
import { LostPictures } from './lost-pictures.js';
import type { Drawable } from './look-at-pictures.js';
import type { Drawn, DrawTask, Form } from './picture-tasks.js';
import type { Batch, DataOptions, DrawnSet, SkippedPicture, StageView, TrainingData } from './types.js';

/** Batches that are made ahead of the training step. */
const AHEAD = 3;
/** Pictures that are tried in place of one that cannot be read any more: a set of one has no other. */
const TRIES = 50;

/**
 * Looks at every picture once and is then ready to draw batches, which threads cut out ahead of the training step. A
 * batch follows from the seed and its place in the run alone.
 * @throws TrainingError `BAD_DATA`; the reason of the signal
 */
export async function openData(options: DataOptions): Promise<TrainingData> {
  // Tests run on the sources; a thread needs the built file.
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/data/' : './';
  const pool = new Piscina({
    filename: new URL(`${folder}picture-tasks.js`, import.meta.url).href,
    minThreads: options.threads,
    maxThreads: options.threads,
    ...(folder === './' ? {} : { execArgv: [] }),
  });
  try {
    const found = await catalogue({
      pool,
      memory: options.memoryMegabytes * 2 ** 20,
      exclude: options.exclude ?? new Set(),
      bw: options.kind === 'cycle' ? options.bw : [],
      color: options.color,
      signal: options.signal,
    });
    return new PooledData(options, pool, found);
  } catch (error) {
    await pool.destroy();
    throw error;
  }
}

/** What one batch is made of. */
interface BatchPlan {
  readonly a: readonly Drawable[];
  readonly b: readonly Drawable[];
}

class PooledData implements TrainingData {
  readonly skipped: readonly SkippedPicture[];
  readonly drawn: { readonly bw: readonly DrawnSet[]; readonly color: readonly DrawnSet[] };
  readonly contents: ReadonlySet<string>;
  private readonly bw: WeightedChoice;
  private readonly color: WeightedChoice;
  private readonly lost: LostPictures;

  constructor(
    private readonly options: DataOptions,
    private readonly pool: Piscina,
    { bw, color, skipped, contents }: Catalogue,
  ) {
    this.skipped = skipped;
    this.contents = contents;
    this.drawn = { bw: bw.map(({ record }) => record), color: color.map(({ record }) => record) };
    this.bw = new WeightedChoice(bw);
    this.color = new WeightedChoice(color);
    this.lost = new LostPictures(this.bw.count + this.color.count);
  }

  get counts(): { bw: number; color: number } {
    return { bw: this.bw.count, color: this.color.count };
  }

  /** @throws TrainingError `BAD_DATA` when there is not one batch */
  batchesPerEpoch({ batch, picturesPerEpoch }: StageView): number {
    const [have, what] =
      this.options.kind === 'cycle' ? [this.bw.count, 'black-and-white'] : [this.color.count, 'colour'];
    // Of domain A an epoch has as many pictures as there are; colour pictures are drawn.
    const pictures =
      this.options.kind === 'cycle' ? Math.min(have, picturesPerEpoch ?? have) : (picturesPerEpoch ?? have);
    const batches = Math.floor(pictures / batch);
    if (batches > 0 && have >= batch) return batches;
    throw new TrainingError(
      'BAD_DATA',
      `Too few pictures: a batch takes ${batch}, and there are ${have} ${what} ones that can be used (${this.skipped.length} skipped).`,
    );
  }

  async *batches(
    view: StageView,
    stage: number,
    epoch: number,
    from: number,
    signal: AbortSignal,
  ): AsyncGenerator<Batch> {
    const count = this.batchesPerEpoch(view);
    const order = this.options.kind === 'cycle' ? this.bw.epoch(randomOf(this.options.seed, stage, epoch, 1)) : [];
    const plan = (index: number): BatchPlan => {
      const random = randomOf(this.options.seed, stage, epoch, 2 + 2 * index);
      return {
        a: order.slice(index * view.batch, (index + 1) * view.batch),
        b: Array.from({ length: view.batch }, () => this.color.draw(random)),
      };
    };
    const make = (index: number): Promise<Batch> => {
      const made = this.make(plan(index), view, randomOf(this.options.seed, stage, epoch, 3 + 2 * index), index);
      // It is awaited in its turn; until then a failure must not count as unhandled.
      made.catch(() => undefined);
      return made;
    };
    const ahead: Promise<Batch>[] = [];
    try {
      for (let next = from; next < count || ahead.length > 0;) {
        while (next < count && ahead.length < AHEAD) ahead.push(make(next++));
        const batch = await ahead.shift()!;
        if (signal.aborted) return;
        yield batch;
      }
    } finally {
      // The pool must not end under tasks that nobody waits for any more.
      await Promise.allSettled(ahead);
    }
  }

  takeLost(): readonly SkippedPicture[] {
    return this.lost.take();
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  /** In place of a picture that cannot be read any more another one, which follows from the task alone. */
  private async draw(task: DrawTask): Promise<Drawn> {
    const [one, two, three, four] = task.seed as [number, number, number, number];
    const others = randomOf(one, two, three, four);
    let { picture } = task;
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries > 0) picture = (task.form === 'grey' ? this.bw : this.color).draw(others);
      if (typeof picture === 'string' && this.lost.has(picture)) continue;
      try {
        return (await this.pool.run({ ...task, picture }, { name: 'draw' })) as Drawn;
      } catch (error) {
        if (typeof picture !== 'string') throw error;
        this.lost.add(picture, error);
      }
    }
    throw this.lost.failure('and none was found in place of one');
  }

  private async make(
    { a, b }: BatchPlan,
    { size, batch }: StageView,
    random: ReturnType<typeof randomOf>,
    index: number,
  ): Promise<Batch> {
    const { framing, largestRender, filmShare } = this.options;
    const draw = (picture: Drawable, form: Form): Promise<Drawn> => {
      const seed = Array.from({ length: 4 }, () => random.below(0x1_0000_0000));
      return this.draw({ picture, seed, form, size, framing, largestRender, filmShare });
    };
    const all = (pictures: readonly Drawable[], form: Form): Promise<Drawn[]> =>
      Promise.all(pictures.map((picture) => draw(picture, form)));
    const joined = (parts: readonly Float32Array[]): Float32Array => {
      const whole = new Float32Array(batch * parts[0]!.length);
      for (const [i, part] of parts.entries()) whole.set(part, i * part.length);
      return whole;
    };
    if (this.options.kind === 'cycle') {
      const [grey, colour] = await Promise.all([all(a, 'grey'), all(b, 'rgb')]);
      return { index, a: joined(grey.map(({ main }) => main)), b: joined(colour.map(({ main }) => main)) };
    }
    const drawn = await all(b, 'paired');
    return { index, luma: joined(drawn.map(({ main }) => main)), chroma: joined(drawn.map(({ chroma }) => chroma!)) };
  }
}
