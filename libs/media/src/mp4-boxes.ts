export interface Mp4Box {
  readonly type: string;
  /** Offset of the box's header in the file. */
  readonly start: number;
  /** Bytes with the header; `Infinity` for a box that lasts to the end of the file. */
  readonly size: number;
}

/** Reads one box header at `start`; `undefined` when the bytes are no box header. `bytes` begin at `start`, 16 or more of them. */
export function readBoxHeader(bytes: Buffer, start: number): Mp4Box | undefined {
  if (bytes.length < 8) return undefined;
  const type = bytes.toString('latin1', 4, 8);
  if (!/^[\x20-\x7e©]{4}$/.test(type)) return undefined;
  const short = bytes.readUInt32BE(0);
  if (short === 0) return { type, start, size: Number.POSITIVE_INFINITY };
  if (short !== 1) return short < 8 ? undefined : { type, start, size: short };
  return bytes.length < 16 ? undefined : { type, start, size: Number(bytes.readBigUInt64BE(8)) };
}

/** True for the beginning of an MP4 or MOV file whose media data comes before its index, so that it cannot be read as it streams. */
export function indexAtEnd(beginning: Buffer): boolean {
  let at = 0;
  let seen = 0;
  while (at + 8 <= beginning.length) {
    const box = readBoxHeader(beginning.subarray(at, at + 16), at);
    if (box === undefined) return false;
    if (seen === 0 && !['ftyp', 'wide', 'free', 'skip', 'mdat', 'pnot'].includes(box.type)) return false;
    if (box.type === 'moov' || box.type === 'moof') return false;
    if (box.type === 'mdat') return true;
    at += box.size;
    seen += 1;
  }
  return false;
}
