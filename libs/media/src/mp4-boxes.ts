import { open } from 'node:fs/promises';

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

const firstBoxes = new Set(['ftyp', 'wide', 'free', 'skip', 'mdat', 'moov', 'pnot', 'styp']);

/** Whether a file is an MP4 or MOV at all, and whether it ends in the middle of a box. */
export async function mp4State(path: string): Promise<'other' | 'whole' | 'cut'> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const header = Buffer.alloc(16);
    let index = false;
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(header, 0, 16, at);
      const box = readBoxHeader(header.subarray(0, bytesRead), at);
      if (at === 0 && (box === undefined || !firstBoxes.has(box.type))) return 'other';
      if (box === undefined || (Number.isFinite(box.size) && at + box.size > size)) return 'cut';
      index ||= box.type === 'moov';
      at += box.size;
    }
    return index ? 'whole' : 'cut';
  } finally {
    await file.close();
  }
}
