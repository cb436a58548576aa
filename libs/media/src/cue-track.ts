import { boxesIn, makeBox } from './box-tree.js';
import type { CueTimes } from './cue-times.js';
import { readFragment, writeFragment } from './fragment.js';

/** A piece of an MP4 subtitle track: a `moof` and its `mdat`. */
export interface CueUnit {
  /** Seconds. */
  readonly time: number;
  readonly bytes: Buffer;
}

/** Ticks a second, and the seconds that its edit list moves the track by. */
export interface TrackClock {
  readonly timescale: number;
  readonly offset: number;
}

/** A sample that shows nothing: a text of no bytes. */
const nothing = Buffer.from([0, 0]);
const keySample = 0x0200_0000;
/** So much of the film may still come before a subtitle that begins earlier: ffmpeg's fragments last a second. */
const lateSeconds = 1;
/** Two times within it are the same, microseconds. */
const sameMicros = 500;

/**
 * One track of converted subtitles. In fragments ffmpeg lets each last until the next begins, and leaves out the samples
 * that show nothing between them: here each gets its own duration, and is followed by nothing where nothing is shown.
 */
export class CueTrack {
  /** Ticks: what was shown ends then, and no sample says so yet. A track begins with nothing. */
  #ends: bigint | undefined = 0n;

  constructor(
    private readonly track: number,
    private readonly clock: TrackClock,
    private readonly times: CueTimes,
  ) {}

  /** ffmpeg's fragment, mended. */
  async *mended(moof: Buffer, mdat: Buffer): AsyncGenerator<CueUnit, void, undefined> {
    const { decodeTime, samples } = readFragment(moof, { duration: 0, size: 0, flags: keySample });
    const body = boxesIn(mdat)[0]?.body ?? Buffer.alloc(0);
    let at = 0;
    let start = decodeTime;
    for (const { duration, size } of samples) {
      const own = await this.#duration(start);
      if (own !== undefined) yield* this.#cue(start, own > 0 ? own : duration, body.subarray(at, at + size));
      at += size;
      start += BigInt(duration);
    }
  }

  /** What is to be said now that the other tracks have come to `time`, seconds. */
  *passed(time: number): Generator<CueUnit, void, undefined> {
    if (this.#ends === undefined || time < this.#seconds(this.#ends) + lateSeconds) return;
    // How long is not known yet; the next one's own time tells.
    yield this.#unit(this.#ends, 1, nothing);
    this.#ends = undefined;
  }

  *#cue(start: bigint, duration: number, bytes: Buffer): Generator<CueUnit, void, undefined> {
    if (this.#ends !== undefined && this.#ends < start)
      yield this.#unit(this.#ends, Number(start - this.#ends), nothing);
    yield this.#unit(start, duration, bytes);
    this.#ends = start + BigInt(duration);
  }

  /** Ticks that the subtitle is shown; `undefined` when it is none, but a sample that ffmpeg put in. */
  async #duration(start: bigint): Promise<number | undefined> {
    const micros = this.#seconds(start) * 1e6;
    let next = await this.times.peek();
    // One that ffmpeg has left out, as before the film's beginning.
    for (; next !== undefined && next.start < micros - sameMicros; next = await this.times.peek())
      await this.times.next();
    if (next === undefined || next.start > micros + sameMicros) return undefined;
    await this.times.next();
    return Math.round((next.duration * this.clock.timescale) / 1e6);
  }

  #seconds(ticks: bigint): number {
    return Number(ticks) / this.clock.timescale + this.clock.offset;
  }

  #unit(decodeTime: bigint, duration: number, bytes: Buffer): CueUnit {
    const samples = [{ duration, size: bytes.length, flags: keySample, offset: 0 }];
    // The merge numbers all fragments anew.
    const moof = writeFragment({ sequence: 0, track: this.track, decodeTime, samples }, 8);
    return { time: this.#seconds(decodeTime), bytes: Buffer.concat([moof, makeBox('mdat', bytes)]) };
  }
}
