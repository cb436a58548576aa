import { type ChromaPlanes, type Image, type Plane, type Size, type Yuv, checkYuv } from './image.js';
import { QualityError } from './quality-error.js';
import { rgbToYuv, rgbToYuvFloat, yuvToRgb } from './yuv.js';

const LEVELS = 256;

/** The *tone* baseline: chroma (0..255, neutral 128, fractions kept) for each of the 256 luma levels. Plain JSON. */
export interface ToneMap {
  readonly kind: 'tone';
  readonly u: readonly number[];
  readonly v: readonly number[];
}

/**
 * Fits the best fixed luma → chroma map: for each luma level (rounded) the mean true U and V of the pixels that have
 * it, which is the least-squares answer level by level. A level without pixels lies on the line between its nearest
 * filled neighbours, or takes the nearest one's at the ends.
 */
export class ToneFit {
  private readonly counts = new Float64Array(LEVELS);
  private readonly sumU = new Float64Array(LEVELS);
  private readonly sumV = new Float64Array(LEVELS);

  /** @throws QualityError `BAD_PICTURE` */
  add(truth: Yuv): void {
    checkYuv(truth);
    for (let i = 0; i < truth.y.length; i++) {
      const level = levelOf(truth.y[i]!);
      this.counts[level] = this.counts[level]! + 1;
      this.sumU[level] = this.sumU[level]! + truth.u[i]!;
      this.sumV[level] = this.sumV[level]! + truth.v[i]!;
    }
  }

  /** @throws QualityError `NOTHING_ADDED` */
  fit(): ToneMap {
    const filled = Array.from({ length: LEVELS }, (_, level) => level).filter((level) => this.counts[level]! > 0);
    if (filled.length === 0) {
      throw new QualityError('NOTHING_ADDED', 'The tone baseline has no pictures to fit: add at least one.');
    }
    return {
      kind: 'tone',
      u: fillLevels(this.sumU, this.counts, filled),
      v: fillLevels(this.sumV, this.counts, filled),
    };
  }
}

/**
 * Fits the tone map on colour pictures in one call; see `ToneFit`.
 * @throws QualityError `BAD_PICTURE`, `NOTHING_ADDED`
 */
export function fitTone(pictures: Iterable<Image>): ToneMap {
  const fit = new ToneFit();
  for (const picture of pictures) fit.add(rgbToYuvFloat(picture));
  return fit.fit();
}

/**
 * The chroma that the tone map gives to a luma plane (0..255, rounded to a level), unrounded.
 * @throws QualityError `BAD_PICTURE` when the plane does not have the length of the size
 */
export function applyTone(tone: ToneMap, luma: Plane, { width, height }: Size): ChromaPlanes<Float32Array> {
  const n = width * height;
  const u = new Float32Array(n);
  const v = new Float32Array(n);
  checkYuv({ width, height, y: luma, u, v });
  for (let i = 0; i < n; i++) {
    const level = levelOf(luma[i]!);
    u[i] = tone.u[level]!;
    v[i] = tone.v[level]!;
  }
  return { width, height, u, v };
}

/**
 * The *tone* baseline of a picture: its own rounded luma with the map's chroma.
 * @throws QualityError `BAD_PICTURE`
 */
export function toneImage(tone: ToneMap, image: Image): Image {
  const { width, height, y } = rgbToYuv(image);
  return yuvToRgb({ ...applyTone(tone, y, { width, height }), y });
}

/**
 * Reads a tone map back from parsed JSON.
 * @throws QualityError `BAD_TONE_MAP` when it is anything else; the message says what is wrong
 */
export function parseTone(json: unknown): ToneMap {
  if (typeof json !== 'object' || json === null || !('kind' in json) || json.kind !== 'tone') {
    throw new QualityError(
      'BAD_TONE_MAP',
      'Not a tone map: "kind" is not "tone". Fit it again on the training pictures.',
    );
  }
  return {
    kind: 'tone',
    u: parseLevels('u', 'u' in json ? json.u : undefined),
    v: parseLevels('v', 'v' in json ? json.v : undefined),
  };
}

function parseLevels(name: string, value: unknown): number[] {
  const isLevel = (entry: unknown): entry is number => typeof entry === 'number' && entry >= 0 && entry <= 256;
  if (!Array.isArray(value) || value.length !== LEVELS || !value.every(isLevel)) {
    throw new QualityError(
      'BAD_TONE_MAP',
      `The tone map's "${name}" is not a list of ${LEVELS} numbers from 0 to 256. Fit it again on the training pictures.`,
    );
  }
  return value;
}

const levelOf = (luma: number): number => Math.min(LEVELS - 1, Math.max(0, Math.round(luma)));

function fillLevels(sums: Float64Array, counts: Float64Array, filled: readonly number[]): number[] {
  const meanAt = (level: number): number => sums[level]! / counts[level]!;
  const first = filled[0]!;
  const last = filled.at(-1)!;
  const levels = new Array<number>(LEVELS);
  levels.fill(meanAt(first), 0, first + 1);
  levels.fill(meanAt(last), last);
  for (let k = 1; k < filled.length; k++) {
    const low = filled[k - 1]!;
    const high = filled[k]!;
    for (let level = low + 1; level <= high; level++) {
      const share = (level - low) / (high - low);
      levels[level] = meanAt(low) * (1 - share) + meanAt(high) * share;
    }
  }
  return levels;
}
