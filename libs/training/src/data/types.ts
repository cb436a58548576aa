/**
 * A set of pictures that are drawn together; weights are relative. Black-and-white sets of one weight are gone through, each
 * picture once an epoch; of several weights they are drawn by them, as colour pictures are.
 */
export interface PictureSet {
  readonly folder: string;
  /** Regular expression: only the files whose names match are taken. */
  readonly match?: string | undefined;
  readonly weight: number;
}

export interface DataOptions {
  /** `cycle`: unpaired RGB of both kinds. `chroma`: luma with the chroma that belongs to it, from the colour pictures. */
  readonly kind: 'cycle' | 'chroma';
  /** Black-and-white pictures (domain A); not read by kind `chroma`. */
  readonly bw: readonly PictureSet[];
  /** Colour pictures (domain B). */
  readonly color: readonly PictureSet[];
  /** `square`: the whole picture, resized to a square. `crop`: random crops, flipped half of the time. */
  readonly framing: 'square' | 'crop';
  /** `crop`: largest short side, pixels, that a crop may come from. */
  readonly largestRender: number;
  /** Share of pictures whose luma is made to look like film; of kind `chroma` only. */
  readonly filmShare: number;
  /** Decoded pictures that are kept in memory. */
  readonly memoryMegabytes: number;
  /** Threads that decode and cut. */
  readonly threads: number;
  readonly seed: number;
  /** Files that are not drawn: what is validated with. */
  readonly exclude?: ReadonlySet<string>;
  /** Ends the first look at the pictures. */
  readonly signal?: AbortSignal;
}

/** What one stage wants. */
export interface StageView {
  /** Side of the square pictures, pixels. */
  readonly size: number;
  readonly batch: number;
  /** Pictures of an epoch; all (of domain A for `cycle`, of B for `chroma`) by default. */
  readonly picturesPerEpoch?: number | undefined;
}

/** One step's pictures, values in −1..1. */
export interface Batch {
  /** Number of the batch in its epoch. */
  readonly index: number;
  /** `cycle`: batch × size × size × 3, grey in all channels. */
  readonly a?: Float32Array;
  /** `cycle`: batch × size × size × 3. */
  readonly b?: Float32Array;
  /** `chroma`: batch × size × size. */
  readonly luma?: Float32Array;
  /** `chroma`: batch × size × size × 2 of U and V. */
  readonly chroma?: Float32Array;
}

export interface SkippedPicture {
  readonly name: string;
  readonly reason: string;
}

/** What a set gives to draw from: which pictures, in which order, and how often; not where they lie. */
export interface DrawnSet {
  readonly weight: number;
  readonly pictures: number;
  /** Over the contents of its pictures in their order, hexadecimal. */
  readonly sha256: string;
}

/** Pictures that are ready to be drawn. The same (seed, stage, epoch, index) gives the same batch, whoever decodes it. */
export interface TrainingData {
  readonly counts: { readonly bw: number; readonly color: number };
  readonly skipped: readonly SkippedPicture[];
  /** SHA-256 of the files that are drawn, hexadecimal. */
  readonly contents: ReadonlySet<string>;
  /** What draws depend on, beside the seed. */
  readonly drawn: { readonly bw: readonly DrawnSet[]; readonly color: readonly DrawnSet[] };
  batchesPerEpoch(view: StageView): number;
  /**
   * The batches of an epoch from `from` on; ends early when the signal is aborted. A picture that cannot be read any more
   * is replaced by another one.
   * @throws TrainingError `BAD_DATA` when more than a tenth of the pictures cannot be read any more
   */
  batches(view: StageView, stage: number, epoch: number, from: number, signal: AbortSignal): AsyncIterable<Batch>;
  /** Pictures that could not be read any more, each once; those since this was last asked. */
  takeLost(): readonly SkippedPicture[];
  /** Ends the threads. */
  close(): Promise<void>;
}
