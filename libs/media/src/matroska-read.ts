import type { ByteReader } from './byte-reader.js';
import { elementsIn, readElementHeader, unsignedOf, vintBytes, type Element, type ElementHeader } from './ebml.js';
import { cutShort } from './cut-short.js';

/** Element numbers of Matroska (RFC 9559). */
export const ids = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  info: 0x1549a966,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  chapters: 0x1043a770,
  attachments: 0x1941a469,
  tags: 0x1254c367,
  tag: 0x7373,
  targets: 0x63c0,
  tagTrackUid: 0x63c5,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
} as const;

/** A packet of one track, as the element that it came in. */
export interface Block {
  readonly track: number;
  /** Milliseconds: when it is shown. */
  readonly time: number;
  /** A picture that decoding can begin at. */
  readonly key: boolean;
  /** A `SimpleBlock` or `BlockGroup`. */
  readonly element: Buffer;
  /** Where in `element` its track's number lies: one byte for tracks below 127. */
  readonly trackAt: number;
  /** Where in `element` the two bytes of its time in the cluster lie. */
  readonly timeAt: number;
}

interface RawHeader extends ElementHeader {
  readonly raw: Buffer;
}

/** A Matroska stream as ffmpeg prints it: what stands before the first packet, then the packets. */
export class MatroskaStream {
  #cluster: RawHeader | undefined;

  constructor(private readonly reader: ByteReader) {}

  /** Everything of the header, one level deep. Call it first. */
  async header(): Promise<Element[]> {
    const elements: Element[] = [];
    for (;;) {
      const header = await this.#elementHeader();
      if (header === undefined) throw cutShort();
      if (header.id === ids.cluster) {
        this.#cluster = header;
        return elements;
      }
      if (header.id !== ids.segment) elements.push(...elementsIn(await this.#element(header)));
    }
  }

  async *blocks(): AsyncGenerator<Block, void, undefined> {
    for (let header = this.#cluster; header !== undefined; header = await this.#elementHeader()) {
      const element = await this.#element(header);
      // Cues and tags may follow the last cluster.
      if (header.id !== ids.cluster) continue;
      const inner = elementsIn(element.subarray(header.headerBytes));
      const start = unsignedOf(inner.find(({ id }) => id === ids.timestamp)?.body ?? Buffer.alloc(0));
      for (const block of inner)
        if (block.id === ids.simpleBlock || block.id === ids.blockGroup) yield read(block, start);
    }
  }

  async #elementHeader(): Promise<RawHeader | undefined> {
    const first = await this.reader.take(1);
    if (first.length === 0) return undefined;
    const idRest = await this.reader.take(vintBytes(first[0]!) - 1);
    const sizeFirst = await this.reader.take(1);
    if (sizeFirst.length === 0) throw cutShort();
    const raw = Buffer.concat([first, idRest, sizeFirst, await this.reader.take(vintBytes(sizeFirst[0]!) - 1)]);
    return { ...readElementHeader(raw), raw };
  }

  async #element({ size, raw }: RawHeader): Promise<Buffer> {
    const body = await this.reader.take(size);
    if (body.length < size) throw cutShort();
    return Buffer.concat([raw, body]);
  }
}

function read({ id, whole, body }: Element, clusterTime: number): Block {
  const simple = id === ids.simpleBlock;
  const inner = simple ? body : elementsIn(body).find((element) => element.id === ids.block)?.body;
  if (inner === undefined) throw cutShort();
  const timeIn = vintBytes(inner[0] ?? 0);
  return {
    track: inner.readUIntBE(0, timeIn) & ((1 << (7 * timeIn)) - 1),
    time: clusterTime + inner.readInt16BE(timeIn),
    key: simple && (inner[timeIn + 2]! & 0x80) !== 0,
    element: whole,
    trackAt: inner.byteOffset - whole.byteOffset,
    timeAt: inner.byteOffset - whole.byteOffset + timeIn,
  };
}
