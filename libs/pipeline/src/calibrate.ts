import { freemem } from 'node:os';
import type { ThreadPool } from './thread-pool.js';

export interface CalibrateOptions {
  /** What the film will be rendered at, pixels. */
  readonly width: number;
  readonly height: number;
  /** Threads to try at most. */
  readonly most: number;
  readonly signal?: AbortSignal | undefined;
}

/** More threads must be this much faster: each holds its own weights and buffers. */
const WORTH = 1.05;
const ROUND_MS = 150;
const STEP_MS = 2000;

/**
 * Finds how many threads colour the most pictures a second: 1, 2, 4 and so on, until more are not faster, and leaves
 * the pool with so many. One thread spreads each operation over all cores, which small operations do not fill; more
 * threads work at several pictures. Both sides take turns, and the best round of each counts, as whatever else runs on
 * the machine only ever makes a round longer. About two seconds a step.
 * @returns undefined when the signal came first; the pool then has one thread
 */
export async function calibrate(pool: ThreadPool, options: CalibrateOptions): Promise<number | undefined> {
  const { width, height, most, signal } = options;
  const picture = Uint8Array.from({ length: width * height }, (_, i) => 128 + 80 * Math.sin(i / 37));
  const paint = (among: number): Promise<unknown> => pool.colour(picture.slice(), { batch: 1, width, height }, among);
  let best = 1;
  await pool.resize(best);
  // The first picture pays for the buffers and plans of the others.
  await paint(1);
  for (let count = Math.min(2, most); count > best && fits(count - best); count = Math.min(2 * count, most)) {
    await pool.resize(count);
    await inTurn(paint, count, count);
    const gain = await compare(paint, best, count, signal);
    if (signal?.aborted === true) {
      await pool.resize(1);
      return undefined;
    }
    if (gain < WORTH) break;
    best = count;
  }
  await pool.resize(best);
  return best;
}

type Paint = (among: number) => Promise<unknown>;

/** How much faster `many` threads are than `few`. */
async function compare(paint: Paint, few: number, many: number, signal: AbortSignal | undefined): Promise<number> {
  const started = performance.now();
  const best = { few: await inTurn(paint, few, few), many: Infinity };
  const pictures = many * Math.max(1, Math.ceil(ROUND_MS / best.few / many));
  do {
    best.few = Math.min(best.few, await inTurn(paint, few, pictures));
    best.many = Math.min(best.many, await inTurn(paint, many, pictures));
  } while (performance.now() - started < STEP_MS && signal?.aborted !== true);
  return best.few / best.many;
}

/** Milliseconds a picture; each thread always has the next one waiting. */
async function inTurn(paint: Paint, among: number, pictures: number): Promise<number> {
  const started = performance.now();
  const underWay: Promise<unknown>[] = [];
  for (let sent = 0; sent < pictures; sent++) {
    if (underWay.length >= 2 * among) await underWay.shift();
    const painted = paint(among);
    // The first that fails is thrown when its turn comes; those behind it fail with it.
    painted.catch(() => undefined);
    underWay.push(painted);
  }
  await Promise.all(underWay);
  return (performance.now() - started) / pictures;
}

/** A further thread takes less than the whole process does with its first ones. */
const fits = (more: number): boolean => more * process.memoryUsage.rss() < freemem();
