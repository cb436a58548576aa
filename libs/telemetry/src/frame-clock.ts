import { nowUs } from './clock.js';
import { STAGES, type Stage } from './names.js';

/** When a frame passed the border between two stages, microseconds since 1970: where the first begins, then where each ends. */
export type Borders = readonly number[];

const BORDERS = STAGES.length + 1;

/**
 * Borders of a frame of which only some stages are known: one that it never was in has no length.
 * @param ends where stages ended, microseconds since 1970; 0 or none: not there
 */
export function bordersOf(beganUs: number, ends: Readonly<Partial<Record<Stage, number>>>): number[] {
  const borders = [beganUs];
  for (const [i, stage] of STAGES.entries()) borders.push(ends[stage] || borders[i]!);
  return borders;
}

/** Seconds of one stage. Clocks of two machines may differ: then a stage may seem to end before it began, and has no length. */
export const secondsIn = (borders: Borders, stage: Stage): number => {
  const at = STAGES.indexOf(stage);
  return Math.max(0, borders[at + 1]! - borders[at]!) / 1e6;
};

/** Seconds of the whole. */
export const wholeSeconds = (borders: Borders): number => Math.max(0, borders.at(-1)! - borders[0]!) / 1e6;

interface UnderWay<Facts> {
  readonly index: number;
  readonly borders: number[];
  readonly facts: Facts;
}

/**
 * Times of the frames that are under way in one process, from the first that it hears of each to the last. Holds as many as
 * are under way, which windows and segments bound. Frames end in order.
 */
export class FrameClock<Facts> {
  readonly #frames = new Map<number, UnderWay<Facts>>();
  /** When the frame that was due last was there, and all before it. */
  #readyUs = 0;
  /** The frames before this one are over. */
  #over = 0;

  /** @param onFrame told of each frame whose last stage is over */
  constructor(private readonly onFrame: (index: number, borders: Borders, facts: Facts) => void) {}

  /** Frames that are under way. */
  get size(): number {
    return this.#frames.size;
  }

  /** A frame is there; what comes a second time, or is over, is not heard. */
  begin(index: number, borders: readonly number[], facts: Facts): void {
    if (index >= this.#over && !this.#frames.has(index))
      this.#frames.set(index, { index, borders: [...borders], facts });
  }

  /** A stage of a frame is over. */
  end(index: number, stage: Stage, us = nowUs()): void {
    const frame = this.#frames.get(index);
    if (frame === undefined) return;
    // What was not told of has no length, and lies before this.
    const at = STAGES.indexOf(stage) + 1;
    for (let i = frame.borders.length; i < at; i++) frame.borders[i] = frame.borders[i - 1]!;
    frame.borders[at] = us;
    frame.borders.length = at + 1;
  }

  /**
   * It is the turn of a frame, in order. Its `reorder` ended when it and all before it had come, however long nobody took it:
   * that is the next stage's.
   */
  turn(index: number): void {
    this.#readyUs = Math.max(this.#readyUs, this.#frames.get(index)?.borders.at(-1) ?? 0);
    this.end(index, 'reorder', this.#readyUs);
  }

  /** A stage of all frames before this one is over, as an encoder tells it that counts. */
  endBefore(next: number, stage: Stage, us = nowUs()): void {
    const at = STAGES.indexOf(stage) + 1;
    for (const { index, borders } of this.#frames.values()) {
      if (index < next && borders.length <= at) this.end(index, stage, us);
    }
  }

  /** Nothing more happens to the frames before this one: they are told of. */
  finishBefore(next: number): void {
    if (Number.isFinite(next)) this.#over = Math.max(this.#over, next);
    for (const { index, borders, facts } of this.#frames.values()) {
      if (index >= next) continue;
      this.#frames.delete(index);
      while (borders.length < BORDERS) borders.push(borders.at(-1)!);
      this.onFrame(index, borders, facts);
    }
  }
}
