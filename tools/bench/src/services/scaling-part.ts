import { rm } from 'node:fs/promises';
import path from 'node:path';
import { BenchError } from '../bench-error.js';
import { WORK } from '../paths.js';
import type { ResultRow } from '../result.js';
import { byName, median, medians, ratio } from '../statistics.js';
import { runJob } from './job-run.js';
import type { ServiceWorld } from './service-world.js';
import { countWire } from './wire-count.js';

export interface ScalingOptions {
  readonly film: string;
  /** Short side that the colorizers get, pixels. */
  readonly renderSize: number;
}

/**
 * Frames a second that come out of the colorizers, from the first frame to the last: what comes before and after does not
 * depend on their number.
 * @throws BenchError `DISAGREE` when not every frame was coloured
 */
export async function throughput(world: ServiceWorld, { film, renderSize }: ScalingOptions): Promise<number> {
  const output = path.join(WORK, 'services-scaling.mkv');
  const { count, stop } = countWire(world);
  try {
    // The encoder must not be what is measured.
    const { frames } = await runJob(world, film, output, { codec: 'h264', preset: 'ultrafast', renderSize });
    const { times, messages } = count.chroma;
    if (messages < frames) throw new BenchError('DISAGREE', `${messages} of ${frames} frames were coloured.`);
    return ((messages - 1) * 1000) / (times.at(-1)! - times[0]!);
  } finally {
    stop();
    await rm(output, { force: true });
  }
}

export interface ScalingRound {
  readonly one: number;
  readonly four: number;
}

export function scalingRow(name: string, rounds: readonly ScalingRound[], least?: number): ResultRow {
  const fps = rounds.map(({ one, four }) => ({ '1 colorizer fps': one, '4 colorizers fps': four }));
  const target = least === undefined ? {} : { target: { least } };
  const quotient = ratio(median(rounds.map(({ four }) => four)), median(rounds.map(({ one }) => one)));
  return { name, numbers: medians(fps), rounds: byName(fps), ratio: quotient, ...target };
}
