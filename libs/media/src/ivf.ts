import type { Rational } from './types.js';

/**
 * The chroma's way into ffmpeg: IVF, the plainest container whose frames carry a 64-bit time in a time base that we
 * choose. Raw 4:4:4 planes under the tag `I444`; the luma plane is filler. Layout: the IVF description of libvpx.
 */
export function ivfHeader(width: number, height: number, timeBase: Rational): Buffer {
  const header = Buffer.alloc(32);
  header.write('DKIF', 0, 'latin1');
  header.writeUInt16LE(32, 6);
  header.write('I444', 8, 'latin1');
  header.writeUInt16LE(width, 12);
  header.writeUInt16LE(height, 14);
  header.writeUInt32LE(timeBase.den, 16);
  header.writeUInt32LE(timeBase.num, 20);
  return header;
}

/** Maps both planes through their tables into one IVF frame. */
export function ivfFrame(
  pts: bigint,
  planes: { readonly u: Uint8Array; readonly v: Uint8Array },
  tables: { readonly u: Uint8Array; readonly v: Uint8Array },
): Buffer {
  const size = planes.u.length;
  const frame = Buffer.alloc(12 + 3 * size);
  frame.writeUInt32LE(3 * size, 0);
  frame.writeBigInt64LE(pts, 4);
  translate(planes.u, tables.u, frame.subarray(12 + size, 12 + 2 * size));
  translate(planes.v, tables.v, frame.subarray(12 + 2 * size));
  return frame;
}

function translate(from: Uint8Array, table: Uint8Array, to: Uint8Array): void {
  for (let at = 0; at < from.length; at += 1) to[at] = table[from[at]!]!;
}
