import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { secondsIn, wholeSeconds, type Borders } from './frame-clock.js';
import { STAGES, type Stage } from './names.js';

/** How long frames took for one thing, seconds. */
export interface Duration {
  readonly mean: number;
  /** Half of the frames took at most this; the others are for 95 and 99 of 100. To one part in a hundred. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface StageDuration extends Duration {
  readonly stage: Stage;
}

/** Where the time of frames went. */
export interface LatencySummary {
  /** Frames that were counted. */
  readonly frames: number;
  /** In order; those in which no frame was any time are left out. */
  readonly stages: readonly StageDuration[];
  readonly whole: Duration;
}

/** A day: longer ones count as one. */
const LONGEST_US = 24 * 60 * 60 * 1e6;

/** Counts how long frames took, in the same memory however many there are (some 40 KB a stage). */
export class LatencyRecorder {
  readonly #stages = new Map<Stage, Counted>(STAGES.map((stage) => [stage, new Counted()]));
  readonly #whole = new Counted();

  add(borders: Borders): void {
    for (const [stage, counted] of this.#stages) counted.add(secondsIn(borders, stage));
    this.#whole.add(wholeSeconds(borders));
  }

  summary(): LatencySummary {
    const stages = [...this.#stages].map(([stage, counted]) => ({ stage, ...counted.duration() }));
    return {
      frames: this.#whole.count,
      stages: stages.filter(({ mean }) => mean > 0),
      whole: this.#whole.duration(),
    };
  }
}

class Counted {
  count = 0;
  #seconds = 0;
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: LONGEST_US, figures: 2 });

  add(seconds: number): void {
    this.count += 1;
    this.#seconds += seconds;
    // It counts whole microseconds from 1 on.
    this.#histogram.record(Math.min(LONGEST_US, Math.max(1, Math.round(seconds * 1e6))));
  }

  duration(): Duration {
    if (this.count === 0) return { mean: 0, p50: 0, p95: 0, p99: 0 };
    const at = (percent: number): number => {
      const us = this.#histogram.percentile(percent);
      return us <= 1 ? 0 : us / 1e6;
    };
    return { mean: this.#seconds / this.count, p50: at(50), p95: at(95), p99: at(99) };
  }
}
