import { errorFields, type Log } from '@kinemacolor/lifecycle';
import { aboutFrame } from './about-frame.js';
import type { ChromaOutlet } from './chroma-outlet.js';
import type { JobBook } from './job-book.js';
import type { LumaWork } from './luma-work.js';
import { PainterMissing } from './painter-shelf.js';
import type { Suspects } from './suspects.js';

export interface SuspectLaneOptions {
  readonly suspects: Suspects;
  readonly outlet: ChromaOutlet;
  readonly book: JobBook;
  readonly log: Log;
  readonly maxTries: number;
  /** Paints the frame with nothing beside it. @throws PainterMissing, what painting throws */
  readonly paint: (work: LumaWork) => Promise<void>;
  readonly missing: (work: LumaWork, error: PainterMissing) => Promise<void>;
}

/**
 * Frames that somebody took before and did not finish. Each is painted alone, and counted before it is: when the process dies
 * of it, the count remains, and no frame is blamed that was only near. A frame that was counted too often is given up.
 */
export class SuspectLane {
  readonly #options: SuspectLaneOptions;
  readonly #waiting: LumaWork[] = [];
  #wake: () => void = () => undefined;
  #closed = false;
  readonly ended: Promise<void>;

  constructor(options: SuspectLaneOptions) {
    this.#options = options;
    this.ended = this.#run();
  }

  add(work: LumaWork): void {
    this.#waiting.push(work);
    this.#wake();
  }

  /** Tries no more. @returns what waited */
  close(): LumaWork[] {
    this.#closed = true;
    this.#wake();
    return this.#waiting.splice(0);
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      const work = this.#waiting.shift();
      if (work === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else await this.#try(work);
    }
  }

  async #try(work: LumaWork): Promise<void> {
    const { outlet, book, log } = this.#options;
    try {
      await this.#judge(work);
    } catch (error) {
      aboutFrame(book, work, (frame) => {
        log.warn({ ...frame, ...errorFields(error) }, 'a suspect frame is handed back');
      });
      outlet.handBack(work);
    }
  }

  async #judge(work: LumaWork): Promise<void> {
    const { suspects, outlet, maxTries, paint, missing } = this.#options;
    const { index } = work.id;
    const deaths = await suspects.count(work.job, index);
    if (deaths >= maxTries) return outlet.dead(work, deaths, 'it ended every colorizer that took it');
    const tries = await suspects.begin(work.job, index);
    try {
      await paint(work);
    } catch (error) {
      if (error instanceof PainterMissing) {
        await suspects.clear(work.job, index);
        return missing(work, error);
      }
      if (tries < maxTries) throw error;
      return outlet.dead(work, tries, error instanceof Error ? error.message : String(error));
    }
    await suspects.clear(work.job, index);
  }
}
