import type { GreyPlane } from './grey-plane.js';

const COLUMNS = 9;
const ROWS = 8;
/** A slope smaller than this, levels, is noise on a flat ground. */
const LEAST_SLOPE = 1;

/** What is compared of two pictures. */
export interface PictureHash {
  /** 64 bits: in each of 8 rows, whether each of 9 cells is lighter than the next (dHash, Krawetz 2013). */
  readonly high: number;
  readonly low: number;
  /** Mean luma of the 72 cells, 0..255. */
  readonly cells: Float32Array;
}

export function hashPicture(picture: GreyPlane): PictureHash {
  const cells = cellMeans(picture);
  let [high, low] = [0, 0];
  for (let bit = 0; bit < ROWS * (COLUMNS - 1); bit++) {
    const cell = Math.floor(bit / (COLUMNS - 1)) * COLUMNS + (bit % (COLUMNS - 1));
    const set = cells[cell]! - cells[cell + 1]! > LEAST_SLOPE ? 1 : 0;
    if (bit < 32) high = (high << 1) | set;
    else low = (low << 1) | set;
  }
  return { high, low, cells };
}

/** Bits in which two hashes differ, 0..64. */
export function hashDistance(a: PictureHash, b: PictureHash): number {
  return bitCount(a.high ^ b.high) + bitCount(a.low ^ b.low);
}

/** Mean difference of the cells, levels. */
export function levelDistance(a: PictureHash, b: PictureHash): number {
  return a.cells.reduce((sum, level, i) => sum + Math.abs(level - b.cells[i]!), 0) / a.cells.length;
}

function cellMeans({ width, height, luma }: GreyPlane): Float32Array {
  const sums = new Float64Array(COLUMNS * ROWS);
  const counts = new Uint32Array(COLUMNS * ROWS);
  const columnOf = Uint8Array.from({ length: width }, (_, x) => Math.floor((x * COLUMNS) / width));
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor((y * ROWS) / height) * COLUMNS;
    for (let x = 0; x < width; x++, i++) {
      const cell = row + columnOf[x]!;
      sums[cell] = sums[cell]! + luma[i]!;
      counts[cell] = counts[cell]! + 1;
    }
  }
  return Float32Array.from(sums, (sum, cell) => sum / Math.max(1, counts[cell]!));
}

function bitCount(word: number): number {
  let w = word - ((word >>> 1) & 0x55555555);
  w = (w & 0x33333333) + ((w >>> 2) & 0x33333333);
  return Math.imul((w + (w >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
