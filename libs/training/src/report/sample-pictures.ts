import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { SamplesEntry } from './log-entry.js';
import { spread } from './spread.js';

export interface SamplePicture {
  readonly entry: SamplesEntry;
  /** `data:` URI of a JPEG, PNG or WebP. */
  readonly source: string;
  readonly width: number;
  readonly height: number;
}

export interface SamplePictures {
  /** As large as the room allows: the newest, and some evenly spaced ones. Oldest first. */
  readonly large: readonly SamplePicture[];
  /** The others, small; of very many only some. Oldest first. */
  readonly small: readonly SamplePicture[];
  /** Files that are missing or cannot be read. */
  readonly unreadable: readonly string[];
  /** Pictures that there was no room for. */
  readonly leftOut: number;
}

/** Pictures shown large. */
const LARGE = 8;
/** Room for one small picture, bytes of its file, and its width in pixels. */
const SMALL_BYTES = 24_000;
const SMALL_WIDTH = 480;
/** Widths that a large picture is scaled down to until it fits, pixels. */
const WIDTHS = [2048, 1600, 1200, 900, 640, 480, 320] as const;
/** A data URI's characters for each byte. */
const BASE64 = 4 / 3;
const SHOWN_AS_IT_IS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp']);

/**
 * Reads the sample grids of a run, scaled such that all their data URIs together have at most `room` characters.
 * @param room at least a megabyte is sensible; what does not fit is left out and counted
 */
export async function samplePictures(
  runFolder: string,
  entries: readonly SamplesEntry[],
  room: number,
): Promise<SamplePictures> {
  const largest = new Set(spread(entries, LARGE));
  const rest = entries.filter((entry) => !largest.has(entry));
  // Small ones get up to 40 % of the room, the large ones share what is left.
  const most = Math.floor((0.4 * room) / (SMALL_BYTES * BASE64));
  const smallest = new Set(spread(rest, most));
  const largeBytes = (room / BASE64 - smallest.size * SMALL_BYTES) / Math.max(1, largest.size);
  const unreadable: string[] = [];
  const [large, small]: [SamplePicture[], SamplePicture[]] = [[], []];
  let leftOut = rest.length - smallest.size;
  for (const entry of entries) {
    const isLarge = largest.has(entry);
    if (!isLarge && !smallest.has(entry)) continue;
    try {
      const bytes = await readFile(within(runFolder, entry.file));
      const picture = await (isLarge ? fit(bytes, largeBytes) : scaled(bytes, SMALL_WIDTH, 70, SMALL_BYTES));
      if (picture === undefined) leftOut += 1;
      else (isLarge ? large : small).push({ entry, ...picture });
    } catch {
      // A missing or damaged picture is named on the page and costs the reader nothing else.
      unreadable.push(entry.file);
    }
  }
  return { large, small, unreadable, leftOut };
}

type Drawn = Omit<SamplePicture, 'entry'>;

function within(folder: string, file: string): string {
  const whole = path.resolve(folder, file);
  const relative = path.relative(folder, whole);
  if (relative.startsWith('..') || path.isAbsolute(relative)) throw new Error(`${file} lies outside of ${folder}`);
  return whole;
}

/** The picture as it is when it is small enough, or else as wide as fits. */
async function fit(bytes: Buffer, most: number): Promise<Drawn | undefined> {
  const { format, width, height } = await sharp(bytes).metadata();
  if (SHOWN_AS_IT_IS.has(format) && bytes.length <= most) {
    // Decoded once, as a truncated file has a sound head.
    await sharp(bytes, { failOn: 'truncated' }).stats();
    return { source: dataUri(bytes, format), width, height };
  }
  // Wider ones would not fit: bytes go with the area. Some more are tried, as this format may be a better one.
  const hopeless = 1.5 * width * Math.sqrt(most / bytes.length);
  for (const wanted of [width, ...WIDTHS.filter((each) => each < width)].filter((each) => each <= hopeless)) {
    const picture = await scaled(bytes, wanted, 85, most);
    if (picture !== undefined) return picture;
  }
  return undefined;
}

async function scaled(bytes: Buffer, width: number, quality: number, most: number): Promise<Drawn | undefined> {
  const { data, info } = await sharp(bytes)
    .resize({ width, withoutEnlargement: true })
    .flatten({ background: '#fff' })
    .jpeg({ quality })
    .toBuffer({ resolveWithObject: true });
  if (data.length > most) return undefined;
  return { source: dataUri(data, 'jpeg'), width: info.width, height: info.height };
}

const dataUri = (bytes: Buffer, format: string): string => `data:image/${format};base64,${bytes.toString('base64')}`;
