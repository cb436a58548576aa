/** What our side's process holds between two steps. */
export interface Held {
  /** Resident bytes now. */
  readonly rss: number;
  /** The most resident bytes so far, compiling included. */
  readonly peak: number;
  /** Tensors that are alive. */
  readonly tensors: number;
}
