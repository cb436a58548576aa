import path from 'node:path';
import { TrainingError } from '../config/training-error.js';
import type { SkippedPicture } from './types.js';

/** Share of the pictures that may vanish while a run goes on; one always may. More is a disk that has gone. */
const MOST_LOST = 0.1;

/** Files that could be read when a run began and cannot be read any more. */
export class LostPictures {
  private readonly files = new Set<string>();
  private untold: SkippedPicture[] = [];

  /** @param of how many pictures there are */
  constructor(private readonly of: number) {}

  /** @throws TrainingError `BAD_DATA` when too many have gone */
  add(file: string, error: unknown): void {
    if (this.files.has(file)) return;
    this.files.add(file);
    const reason = error instanceof Error ? error.message : String(error);
    this.untold.push({ name: path.basename(file), reason });
    if (this.files.size > Math.max(1, this.of * MOST_LOST)) throw this.failure(`${file} for one (${reason})`, error);
  }

  failure(example: string, cause?: unknown): TrainingError {
    return new TrainingError(
      'BAD_DATA',
      `${this.files.size} of ${this.of} training pictures cannot be read any more, ${example}: put them back, and the same command goes on.`,
      { cause },
    );
  }

  has(file: string): boolean {
    return this.files.has(file);
  }

  take(): readonly SkippedPicture[] {
    const taken = this.untold;
    this.untold = [];
    return taken;
  }
}
