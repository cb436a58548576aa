import type { ChromaFrame } from '@kinemacolor/contracts';

/**
 * Puts the frames of one job in order. Colorizers finish them in any order, and whoever was killed leaves some to be made
 * twice: a frame that has passed is dropped and counted. Holds at most what the decoder may be ahead.
 */
export class FrameOrder {
  readonly #waiting = new Map<number, ChromaFrame>();
  #next: number;
  #duplicates = 0;

  /** @param first the frame that is due first */
  constructor(first: number) {
    this.#next = first;
  }

  /** The frame that is due. */
  get next(): number {
    return this.#next;
  }

  /** Frames that came more than once. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** Frames that wait for one before them. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** @returns whether it is new: not had before, and not passed */
  add(frame: ChromaFrame): boolean {
    const { index } = frame.frame!;
    const known = this.#waiting.get(index);
    // Colours that come after all are better than held ones.
    const better = known === undefined || (known.held && !frame.held);
    const wanted = index >= this.#next && better;
    if (wanted) this.#waiting.set(index, frame);
    else this.#duplicates += 1;
    return wanted;
  }

  /** The frame that is due, if it is there. */
  take(): ChromaFrame | undefined {
    const frame = this.#waiting.get(this.#next);
    if (frame === undefined) return undefined;
    this.#waiting.delete(this.#next);
    this.#next += 1;
    return frame;
  }
}
