import { MediaError } from './media-error.js';

/** One element of Matroska's EBML (RFC 8794) in memory. */
export interface Element {
  readonly id: number;
  /** The element with its header; shares memory with what it was found in. */
  readonly whole: Buffer;
  readonly body: Buffer;
}

export interface ElementHeader {
  readonly id: number;
  /** Bytes behind the header; `Infinity` where the writer did not know. */
  readonly size: number;
  readonly headerBytes: number;
}

/** Most bytes that an element's header takes. */
export const maxHeaderBytes = 12;

/** Bytes of a number of variable length, by its first byte. */
export function vintBytes(first: number): number {
  return Math.clz32(first) - 23;
}

/** `bytes` begin with the header and hold all of it. */
export function readElementHeader(bytes: Buffer): ElementHeader {
  const idBytes = vintBytes(bytes[0] ?? 0);
  const sizeBytes = vintBytes(bytes[idBytes] ?? 0);
  if (idBytes > 4 || sizeBytes > 8 || bytes.length < idBytes + sizeBytes)
    throw new MediaError('FFMPEG_FAILED', 'ffmpeg wrote Matroska that cannot be read. Install ffmpeg again.');
  const raw = BigInt(`0x${bytes.toString('hex', idBytes, idBytes + sizeBytes)}`);
  const ones = (1n << BigInt(7 * sizeBytes)) - 1n;
  const size = raw & ones;
  return {
    id: bytes.readUIntBE(0, idBytes),
    size: size === ones ? Number.POSITIVE_INFINITY : Number(size),
    headerBytes: idBytes + sizeBytes,
  };
}

/** The elements that lie one after the other in `bytes`. */
export function elementsIn(bytes: Buffer): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const { id, size, headerBytes } = readElementHeader(bytes.subarray(at, at + maxHeaderBytes));
    const whole = bytes.subarray(at, at + headerBytes + size);
    elements.push({ id, whole, body: whole.subarray(headerBytes) });
    at += whole.length;
  }
  return elements;
}

export function unsignedOf(body: Buffer): number {
  return body.length === 0 ? 0 : Number(BigInt(`0x${body.toString('hex')}`));
}

export function makeElement(id: number, ...bodies: readonly Buffer[]): Buffer {
  const size = bodies.reduce((sum, body) => sum + body.length, 0);
  return Buffer.concat([elementHeader(id, BigInt(size)), ...bodies]);
}

/** The header of an element that lasts until something of its own level begins. */
export function openElement(id: number): Buffer {
  return elementHeader(id, (1n << 56n) - 1n);
}

export function makeUnsigned(id: number, value: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeBigUInt64BE(BigInt(value));
  return makeElement(id, body);
}

function elementHeader(id: number, size: bigint): Buffer {
  const idBytes = id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;
  const header = Buffer.alloc(idBytes + 8);
  header.writeUIntBE(id, 0, idBytes);
  header.writeBigUInt64BE((1n << 56n) | size, idBytes);
  return header;
}
