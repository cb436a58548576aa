import type { ChromaFrame, LumaFrame } from '@kinemacolor/media';
import type { Colorizer } from './colorizer.js';
import type { FilmLatency } from './film-latency.js';

/** A frame with its small luma and the chroma that was painted for it. */
export interface ColouredFrame extends ChromaFrame {
  readonly luma: Uint8Array;
}

export interface ColorizeStageOptions {
  readonly width: number;
  readonly height: number;
  /** Frames a call of the network. */
  readonly batch: number;
  /** Batches under way at once: one in each thread of the network, the others on their way in or out. */
  readonly inFlight: number;
  /** Told where each frame is. */
  readonly latency?: FilmLatency | undefined;
}

/**
 * luma → luma with chroma, in order. Batches are cut at multiples of the batch size counted from frame 0, so that a
 * resumed run groups the same frames as an undisturbed one.
 */
export async function* colorizeStage(
  frames: AsyncIterable<LumaFrame>,
  colorizer: Pick<Colorizer, 'colorize'>,
  { width, height, batch, inFlight, latency }: ColorizeStageOptions,
): AsyncGenerator<ColouredFrame, void, undefined> {
  const pixels = width * height;
  const underWay: Promise<ColouredFrame[]>[] = [];
  const send = async (group: readonly LumaFrame[]): Promise<ColouredFrame[]> => {
    const luma = new Uint8Array(group.length * pixels);
    for (const [i, frame] of group.entries()) luma.set(frame.luma, i * pixels);
    latency?.sent(group);
    const { u, v } = await colorizer.colorize(luma, { batch: group.length, width, height });
    latency?.coloured(group);
    return group.map(({ index, pts, luma: own }, i) => ({
      index,
      pts,
      luma: own,
      u: u.subarray(i * pixels, (i + 1) * pixels),
      v: v.subarray(i * pixels, (i + 1) * pixels),
    }));
  };
  try {
    for await (const group of groups(frames, batch)) {
      const sent = send(group);
      // Its failure is met below, when its turn comes; until then it must not count as unhandled.
      sent.catch(() => undefined);
      underWay.push(sent);
      if (underWay.length >= inFlight) yield* await underWay.shift()!;
    }
    while (underWay.length > 0) yield* await underWay.shift()!;
  } finally {
    await Promise.allSettled(underWay);
  }
}

async function* groups(frames: AsyncIterable<LumaFrame>, batch: number): AsyncGenerator<LumaFrame[]> {
  let group: LumaFrame[] = [];
  for await (const frame of frames) {
    group.push(frame);
    if ((frame.index + 1) % batch === 0) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}
