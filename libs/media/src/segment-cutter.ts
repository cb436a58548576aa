import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ByteReader } from './byte-reader.js';
import {
  decodedFrom,
  presentationTimes,
  readFragment,
  sampleDefaults,
  writeFragment,
  type Fragment,
  type SampleDefaults,
} from './fragment.js';
import { Handover } from './handover.js';
import { MediaError } from './media-error.js';
import { readBoxHeader, type Mp4Box } from './mp4-boxes.js';
import { toSegmentTicks, type SegmentClock } from './segment-clock.js';
import { segmentHeader } from './segment-header.js';

/** A piece of the film's picture as a whole file: decoding can begin at its first frame. */
export interface Segment {
  /** Number in the film of its first frame. */
  readonly startFrame: number;
  readonly frames: number;
  /** Time of its first frame, in the source's time base. */
  readonly startPts: bigint;
  /** Time of the frame after its last, in the source's time base; `undefined` for the film's last segment. */
  readonly endPts: bigint | undefined;
  readonly path: string;
}

export interface CutterOptions {
  /** For messages. */
  readonly name: string;
  readonly folder: string;
  readonly startFrame: number;
  readonly segmentFrames: number;
  readonly clock: SegmentClock;
}

interface Unfinished {
  readonly startFrame: number;
  readonly file: FileHandle;
  readonly partial: string;
  readonly path: string;
  frames: number;
  /** When its pictures are shown, in segment ticks. */
  readonly shown: bigint[];
}

/** Whole segments that may wait for their reader before the encoder is held back. */
const room = 2;

/**
 * Cuts the fragmented film that ffmpeg prints into segments, one file each, and gives every fragment its absolute time:
 * the encoder counts from its own first frame, the film from the source's. Bytes go to the file as they come.
 */
export class SegmentCutter {
  readonly segments = new Handover<Segment>(room);
  /** Source times of frames that went into the encoder and did not come out yet. */
  readonly #expected: bigint[] = [];
  #next: number;
  #current: Unfinished | undefined;
  #header: Buffer = Buffer.alloc(0);
  #defaults: SampleDefaults | undefined;
  /** From the encoder's ticks to the film's. */
  #shift: bigint | undefined;

  constructor(private readonly options: CutterOptions) {
    this.#next = options.startFrame;
  }

  /** A frame of this time went into the encoder. */
  expect(pts: bigint): void {
    this.#expected.push(pts);
  }

  /** Reads to the end of the stream. @throws MediaError `FFMPEG_FAILED`, `FRAME_MISMATCH`, `DISK_FULL`, `OUTPUT_UNWRITABLE`. */
  async cut(stdout: Readable): Promise<void> {
    const reader = ByteReader.ofPipe(stdout);
    let moof: Buffer | undefined;
    for (let box = await this.#nextBox(reader); box !== undefined; box = await this.#nextBox(reader)) {
      const { header, size, type } = box;
      if (type === 'moof' || type === 'ftyp' || type === 'moov') {
        const whole = Buffer.concat([header, await reader.take(size - header.length)]);
        if (type === 'moof') moof = whole;
        else if (type === 'ftyp') this.#header = whole;
        else this.#begin(Buffer.concat([this.#header, whole]), whole);
      } else if (type === 'mdat' && moof !== undefined) {
        await this.#fragment(moof, header, size, reader);
        moof = undefined;
      } else for (let left = size - header.length; left > 0;) left -= (await reader.some(left)).length || left;
    }
  }

  /** The film ended well: what is open is its last segment. */
  async finish(): Promise<void> {
    if (this.#current !== undefined) await this.#close(this.#current);
    this.segments.close();
  }

  /** Removes the file that was being written. Only when `cut` has ended. */
  async discard(): Promise<void> {
    const left = this.#current;
    this.#current = undefined;
    if (left === undefined) return;
    await left.file.close();
    await rm(left.partial, { force: true });
  }

  async #nextBox(reader: ByteReader): Promise<(Mp4Box & { readonly header: Buffer }) | undefined> {
    const short = await reader.take(8);
    if (short.length < 8) return undefined;
    const header = short.readUInt32BE(0) === 1 ? Buffer.concat([short, await reader.take(8)]) : short;
    const box = readBoxHeader(header, 0);
    if (box === undefined || !Number.isFinite(box.size)) throw this.#unexpected('bytes that are no box');
    return { ...box, header };
  }

  #begin(beginning: Buffer, moov: Buffer): void {
    this.#defaults = sampleDefaults(moov);
    this.#header = segmentHeader(beginning, this.options.clock);
  }

  async #fragment(moof: Buffer, mdatHeader: Buffer, mdatSize: number, reader: ByteReader): Promise<void> {
    if (this.#defaults === undefined) throw this.#unexpected('a fragment before the header');
    const fragment = this.#placed(readFragment(moof, this.#defaults));
    const current = (this.#current ??= await this.#open());
    current.frames += fragment.samples.length;
    current.shown.push(...presentationTimes(fragment));
    if (current.frames > this.options.segmentFrames)
      throw this.#unexpected(`no key frame at frame ${current.startFrame + this.options.segmentFrames}`);
    await this.#write(current, writeFragment(fragment, mdatHeader.length));
    await this.#write(current, mdatHeader);
    for (let left = mdatSize - mdatHeader.length; left > 0;) {
      const piece = await reader.some(left);
      // The encoder was killed in the middle: this segment never becomes whole, and its exit says why.
      if (piece.length === 0) return;
      await this.#write(current, piece);
      left -= piece.length;
    }
    if (current.frames === this.options.segmentFrames) await this.#close(current);
  }

  /** The fragment in the film's own ticks. */
  #placed(fragment: Fragment): Fragment {
    const { clock } = this.options;
    if (this.#shift === undefined) {
      const first = presentationTimes(fragment).reduce((least, time) => (time < least ? time : least));
      const [pts] = this.#expected;
      if (pts === undefined) throw this.#unexpected('a picture that nobody wrote');
      this.#shift = toSegmentTicks(pts, clock) - first;
    }
    return decodedFrom({ ...fragment, decodeTime: fragment.decodeTime + this.#shift }, 0n);
  }

  async #open(): Promise<Unfinished> {
    const startFrame = this.#next;
    const path = join(this.options.folder, `${String(startFrame).padStart(9, '0')}.segment.mp4`);
    const partial = `${path}.partial`;
    const file = await open(partial, 'w').catch((thrown: unknown) => {
      throw MediaError.fromOutput(thrown, path);
    });
    const current = { startFrame, file, partial, path, frames: 0, shown: [] };
    await this.#write(current, this.#header);
    return current;
  }

  async #write({ file, path }: Unfinished, bytes: Buffer): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
    } catch (thrown) {
      throw MediaError.fromOutput(thrown, path);
    }
  }

  async #close(current: Unfinished): Promise<void> {
    const { startFrame, frames, path, partial } = current;
    this.#current = undefined;
    this.#next += frames;
    await current.file.close();
    const pts = this.#expected.splice(0, frames);
    this.#audit(current, pts);
    await rename(partial, path).catch((thrown: unknown) => {
      throw MediaError.fromOutput(thrown, path);
    });
    await this.segments.put({ startFrame, frames, startPts: pts[0]!, endPts: this.#expected[0], path });
  }

  #audit({ startFrame, shown }: Unfinished, pts: readonly bigint[]): void {
    const times = shown.toSorted((one, other) => Number(one - other));
    const wrong = times.findIndex((time, place) => {
      const wanted = pts[place];
      return wanted === undefined || time !== toSegmentTicks(wanted, this.options.clock);
    });
    if (wrong === -1) return;
    const { name } = this.options;
    throw new MediaError(
      'FRAME_MISMATCH',
      `${name}: frame ${startFrame + wrong} of time ${pts[wrong] ?? 'unknown'} left the encoder at another time. Choose another codec.`,
      { path: name },
    );
  }

  #unexpected(what: string): MediaError {
    const { name } = this.options;
    return new MediaError('FFMPEG_FAILED', `${name}: the encoder gave ${what}. Choose another codec or preset.`, {
      path: name,
    });
  }
}
