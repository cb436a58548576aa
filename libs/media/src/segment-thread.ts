import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
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
import { MediaError } from './media-error.js';
import { readBoxHeader } from './mp4-boxes.js';

/**
 * Makes one endless film out of segment files, whichever run of the encoder wrote them: the first one's header, then
 * all fragments. An encoder that began anew may want its first pictures decoded before the last ones of the segment
 * before (it cannot know those): they are decoded right after them, which changes nothing of what is shown.
 */
export class SegmentThread {
  #header: Buffer | undefined;
  #defaults: SampleDefaults | undefined;
  #sequence = 0;
  /** Ticks: the last picture so far is decoded, and the latest one shown. */
  #decoded: bigint | undefined;
  #shown: bigint | undefined;

  /**
   * The bytes that the segment adds to the film, in pieces.
   * @throws MediaError `NOT_FOUND`, `DAMAGED` when it is no whole segment, `FRAME_MISMATCH` when it cannot follow the one before.
   */
  async *bytesOf(path: string): AsyncGenerator<Buffer, void, undefined> {
    try {
      const file = createReadStream(path, { highWaterMark: 256 * 1024 });
      yield* this.#read(new ByteReader(file as AsyncIterable<Buffer>), path);
    } catch (thrown) {
      throw MediaError.from(thrown, path);
    }
  }

  async *#read(reader: ByteReader, path: string): AsyncGenerator<Buffer, void, undefined> {
    const ftyp = await wholeBox(reader, 'ftyp', path);
    const moov = await wholeBox(reader, 'moov', path);
    if (this.#header === undefined) {
      this.#header = moov;
      this.#defaults = sampleDefaults(moov);
      yield Buffer.concat([ftyp, moov]);
    } else if (!moov.equals(this.#header)) {
      throw new MediaError(
        'FRAME_MISMATCH',
        `${basename(path)}: was encoded in another way than the segments before it. Encode the film anew.`,
        { path },
      );
    }
    while (!(await reader.atEnd())) {
      const moof = await wholeBox(reader, 'moof', path);
      const { header, size } = await boxHeader(reader, 'mdat', path);
      const fragment = this.#continued(readFragment(moof, this.#defaults!), path);
      yield Buffer.concat([writeFragment(fragment, header.length), header]);
      for (let left = size - header.length; left > 0;) {
        const piece = await reader.some(left);
        if (piece.length === 0) throw damaged(path);
        yield piece;
        left -= piece.length;
      }
    }
  }

  #continued(fragment: Fragment, path: string): Fragment {
    const shown = presentationTimes(fragment);
    const first = shown.reduce((least, time) => (time < least ? time : least));
    if (this.#shown !== undefined && first <= this.#shown)
      throw new MediaError('FRAME_MISMATCH', `${basename(path)}: does not follow the segment before it.`, { path });
    this.#shown = shown.reduce((most, time) => (time > most ? time : most));
    const placed = this.#decoded === undefined ? fragment : decodedFrom(fragment, this.#decoded + 1n);
    const { decodeTime, samples } = placed;
    this.#decoded = samples.slice(0, -1).reduce((time, { duration }) => time + BigInt(duration), decodeTime);
    this.#sequence += 1;
    return { ...placed, sequence: this.#sequence };
  }
}

async function boxHeader(
  reader: ByteReader,
  type: string,
  path: string,
): Promise<{ readonly header: Buffer; readonly size: number }> {
  const short = await reader.take(8);
  const isLong = short.length === 8 && short.readUInt32BE(0) === 1;
  const header = isLong ? Buffer.concat([short, await reader.take(8)]) : short;
  const box = readBoxHeader(header, 0);
  if (box?.type !== type || !Number.isFinite(box.size)) throw damaged(path);
  return { header, size: box.size };
}

async function wholeBox(reader: ByteReader, type: string, path: string): Promise<Buffer> {
  const { header, size } = await boxHeader(reader, type, path);
  const body = await reader.take(size - header.length);
  if (body.length < size - header.length) throw damaged(path);
  return Buffer.concat([header, body]);
}

/** Whoever is told of it may not know this machine's folders. */
function damaged(path: string): MediaError {
  return new MediaError('DAMAGED', `${basename(path)}: is not a whole segment of a film. Encode it anew.`, { path });
}
