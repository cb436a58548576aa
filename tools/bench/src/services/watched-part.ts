import { rm } from 'node:fs/promises';
import path from 'node:path';
import { BenchError } from '../bench-error.js';
import { WORK } from '../paths.js';
import type { ResultRow } from '../result.js';
import { byName, median, medians, ratio } from '../statistics.js';
import { bytesOfFirstPicture } from './first-picture.js';
import { runJob } from './job-run.js';
import { watchServices } from './service-memory.js';
import type { ServiceWorld } from './service-world.js';
import { countWire } from './wire-count.js';

/** Frames of a segment, which is what the result comes in. */
const SEGMENT = 240;
const MIB = 2 ** 20;

/** One film through the services under observation: it is not timed, as the watching costs something. */
export interface Watched {
  readonly frames: number;
  /** Bytes of peaks, by service, and `all`. */
  readonly memory: Readonly<Record<string, number>>;
  /** Payload and headers of all luma and chroma ÷ the bytes of grey and of two planes of chroma. */
  readonly wireRatio: number;
  readonly wireBytesPerFrame: number;
  /** When the first picture could be shown: milliseconds since the job was made, and frames that had been decoded. */
  readonly firstMs: number;
  readonly firstFrames: number;
}

/** @throws BenchError `DISAGREE` when not every frame went over the wire, or no coloured picture came */
export async function watchJob(world: ServiceWorld, film: string): Promise<Watched> {
  const output = path.join(WORK, 'services-watched.mkv');
  const { count, stop } = countWire(world);
  const stopMemory = watchServices(world);
  const pieces: { readonly bytes: number; readonly ms: number; readonly decoded: number }[] = [];
  try {
    const { frames } = await runJob(world, film, output, {
      codec: 'h264',
      onBytes: (bytes, ms) => pieces.push({ bytes, ms, decoded: count.luma.messages }),
    });
    if (Math.min(count.luma.messages, count.chroma.messages) < frames) {
      const words = `${count.luma.messages} luma and ${count.chroma.messages} chroma messages were seen of ${frames} frames.`;
      throw new BenchError('DISAGREE', words);
    }
    const needed = await bytesOfFirstPicture(output);
    const first = pieces.find(({ bytes }) => bytes >= needed)!;
    const bytes = count.luma.bytes + count.chroma.bytes;
    return {
      frames,
      memory: stopMemory(),
      wireRatio: ratio(bytes, 3 * count.pixels * frames),
      wireBytesPerFrame: bytes / frames,
      firstMs: first.ms,
      firstFrames: first.decoded,
    };
  } finally {
    stop();
    stopMemory();
    await rm(output, { force: true });
  }
}

/** One short film and one twice as long, in every round. */
export interface WatchedRound {
  readonly short: Watched;
  readonly long: Watched;
}

/** Targets: two segments until the first picture, 1.5 × grey and chroma on the wire, memory that is the same for a longer film. */
export function watchedRows(rounds: readonly WatchedRound[]): ResultRow[] {
  const first = rounds.map(({ long }) => ({ 'first ms': long.firstMs, 'first frames': long.firstFrames }));
  const wire = rounds.map(({ short }) => ({ 'bytes a frame': short.wireBytesPerFrame }));
  return [
    {
      name: 'first colour, frames ÷ segment',
      numbers: medians(first),
      rounds: byName(first),
      ratio: ratio(median(rounds.map(({ long }) => long.firstFrames)), SEGMENT),
      target: { most: 2 },
    },
    {
      name: 'wire ÷ grey and chroma',
      numbers: medians(wire),
      rounds: byName(wire),
      ratio: median(rounds.map(({ short }) => short.wireRatio)),
      target: { most: 1.5 },
    },
    ...Object.keys(rounds[0]?.short.memory ?? {}).map((name) => memoryRow(name, rounds)),
  ];
}

function memoryRow(name: string, rounds: readonly WatchedRound[]): ResultRow {
  const taken = rounds.map(({ short, long }) => ({
    'MiB short': short.memory[name]! / MIB,
    'MiB long': long.memory[name]! / MIB,
  }));
  const quotient = ratio(median(taken.map((each) => each['MiB long'])), median(taken.map((each) => each['MiB short'])));
  const target = name === 'all' ? { target: { most: 1.1 } } : {};
  return { name: `memory, ${name}`, numbers: medians(taken), rounds: byName(taken), ratio: quotient, ...target };
}
