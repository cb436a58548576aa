import { poolDecisions, type PoolDecision } from './decisions.js';

export interface ImagePoolOptions {
  /** Pictures that it holds; 50 in the public CycleGAN, 0 passes everything through. */
  readonly capacity: number;
  readonly seed: number;
  /** A number of its own for each pool of a run. */
  readonly stream: number;
}

/** All that a pool is besides its options: what a checkpoint must hold. */
export interface ImagePoolState {
  /** The pictures by slot, each as it was given in. */
  readonly pictures: readonly Float32Array[];
}

/**
 * The history of fakes that a discriminator is shown, so that it does not forget what the generator used to do.
 *
 * While there is room every picture is kept and given out. Once it is full, half of the pictures go through, and half are
 * exchanged for an older one.
 * Source: Shrivastava et al., "Learning from Simulated and Unsupervised Images through Adversarial Training", 2017,
 * section 2.3, as the public CycleGAN has it.
 */
export class ImagePool {
  readonly #options: ImagePoolOptions;
  #pictures: Float32Array[];

  /** @param state goes on from there: `new ImagePool(options, pool.state())` behaves as `pool` */
  constructor(options: ImagePoolOptions, state: ImagePoolState = { pictures: [] }) {
    const { capacity } = options;
    if (!Number.isInteger(capacity) || capacity < 0) throw new RangeError(`An image pool cannot hold ${capacity}.`);
    if (state.pictures.length > capacity) {
      throw new RangeError(`${state.pictures.length} pictures do not fit into an image pool of ${capacity}.`);
    }
    this.#options = options;
    this.#pictures = state.pictures.map((picture) => picture.slice());
  }

  get capacity(): number {
    return this.#options.capacity;
  }

  /**
   * Takes the fakes of one step in and gives as many pictures out. What is given in is never changed; without capacity it
   * is what comes out.
   *
   * @param batch pictures of one size, one after another
   * @param pictures how many
   * @param step of the run, whose number the decisions follow from
   * @param decisions in place of those, for tests
   */
  query(batch: Float32Array, pictures: number, step: number, decisions?: readonly PoolDecision[]): Float32Array {
    const { capacity, seed, stream } = this.#options;
    if (capacity === 0) return batch;
    const size = batch.length / pictures;
    const kept = this.#pictures[0]?.length ?? size;
    if (!Number.isInteger(size) || kept !== size) {
      throw new RangeError(`${pictures} pictures in ${batch.length} numbers do not fit beside those of ${kept}.`);
    }
    const decided = decisions ?? poolDecisions({ seed, stream, step }, pictures, capacity);
    const out = batch.slice();
    for (const [i, { swap, slot }] of decided.entries()) {
      const picture = batch.slice(i * size, (i + 1) * size);
      if (this.#pictures.length < capacity) {
        this.#pictures.push(picture);
      } else if (swap) {
        out.set(this.#pictures[slot]!, i * size);
        this.#pictures[slot] = picture;
      }
    }
    return out;
  }

  /** Forgets every picture, as a stage of another size must. */
  clear(): void {
    this.#pictures = [];
  }

  /** A copy, for a checkpoint. */
  state(): ImagePoolState {
    return { pictures: this.#pictures.map((picture) => picture.slice()) };
  }
}
