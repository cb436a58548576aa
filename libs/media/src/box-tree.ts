import { readBoxHeader } from './mp4-boxes.js';

/** One MP4 box in memory. */
export interface Box {
  readonly type: string;
  /** The whole box with its header; shares memory with what it was found in. */
  readonly whole: Buffer;
  /** What is behind the header. */
  readonly body: Buffer;
}

/** Boxes that hold nothing but boxes, of those that are looked into here. */
const folders = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'mvex', 'moof', 'traf', 'udta', 'edts']);

/** The boxes that lie one after the other in `bytes`; what is no whole box at the end is left out. */
export function boxesIn(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const header = readBoxHeader(bytes.subarray(at, at + 16), at);
    if (header === undefined || at + header.size > bytes.length) break;
    const whole = bytes.subarray(at, at + header.size);
    boxes.push({ type: header.type, whole, body: whole.subarray(whole.readUInt32BE(0) === 1 ? 16 : 8) });
    at += header.size;
  }
  return boxes;
}

/** All boxes at a path such as `trak/mdia/mdhd`, counted from `bytes`. */
export function boxesAt(bytes: Buffer, path: string): Box[] {
  const [first, ...rest] = path.split('/');
  const found = boxesIn(bytes).filter(({ type }) => type === first);
  return rest.length === 0 ? found : found.flatMap(({ body }) => boxesAt(body, rest.join('/')));
}

export function makeBox(type: string, ...bodies: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + bodies.reduce((sum, body) => sum + body.length, 0));
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...bodies]);
}

/** A box with `change` applied to every box inside it, at any depth; what it gives takes the box's place. */
export function mapBoxes(box: Box, change: (box: Box) => readonly Buffer[] | undefined): Buffer {
  const changed = boxesIn(box.body).flatMap(
    (inner) => change(inner) ?? [folders.has(inner.type) ? mapBoxes(inner, change) : inner.whole],
  );
  return makeBox(box.type, ...changed);
}
