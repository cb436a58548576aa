import { boxesIn, makeBox, mapBoxes } from './box-tree.js';
import { MediaError } from './media-error.js';
import type { SegmentClock } from './segment-clock.js';

/**
 * The header of a segment out of what ffmpeg writes before its first fragment: `ftyp`, and `moov` with an edit list that
 * says where time 0 lies.
 */
export function segmentHeader(beginning: Buffer, { zero }: SegmentClock): Buffer {
  const boxes = boxesIn(beginning);
  const ftyp = boxes.find(({ type }) => type === 'ftyp');
  const moov = boxes.find(({ type }) => type === 'moov');
  if (ftyp === undefined || moov === undefined)
    throw new MediaError('FFMPEG_FAILED', 'ffmpeg wrote a film without its header. Install ffmpeg again.');
  const entry = Buffer.alloc(28);
  entry[0] = 1;
  entry.writeUInt32BE(1, 4);
  entry.writeBigInt64BE(zero, 16);
  entry.writeUInt32BE(0x00010000, 24);
  const edits = makeBox('edts', makeBox('elst', entry));
  return Buffer.concat([
    ftyp.whole,
    mapBoxes(moov, ({ type, whole }) => {
      if (type === 'tkhd') return [whole, edits];
      return type === 'edts' ? [] : undefined;
    }),
  ]);
}
