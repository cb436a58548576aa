import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Random } from '../random.js';
import { isColourless, NO_COLOURS } from './colourless.js';
import { decode, planeOf, type Planes } from './decode.js';
import { filmTone } from './film-tone.js';
import { randomCrop, wholeSquare } from './framing.js';
import { resample } from './resample.js';

/*
 * What the picture threads do: this file is what they run.
 */

export interface ScanTask {
  readonly file: string;
  /** Whether a picture without colours to learn is of no use. */
  readonly needsColour: boolean;
  /** Bytes that its planes may take to be handed back, for the memory that threads share. */
  readonly room: number;
}

export type ScanAnswer =
  | {
      readonly use: true;
      /** Of its planes. */
      readonly bytes: number;
      readonly planes: Planes | undefined;
      /** Of the file, hexadecimal. */
      readonly sha256: string;
      /** Grey or sepia. */
      readonly colourless: boolean;
    }
  | { readonly use: false; readonly reason: string };

/** Looks at a picture once: can it be decoded, has it colours, which one is it? */
export async function scan({ file, needsColour, room }: ScanTask): Promise<ScanAnswer> {
  try {
    const content = await readFile(file);
    const planes = await decode(content);
    const colourless = isColourless(planeOf(planes, 1), planeOf(planes, 2));
    if (needsColour && colourless) return { use: false, reason: NO_COLOURS };
    const sha256 = createHash('sha256').update(content).digest('hex');
    const bytes = planes.bytes.byteLength;
    return { use: true, bytes, planes: bytes <= room ? planes : undefined, sha256, colourless };
  } catch (error) {
    return { use: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** `grey`: luma in three channels. `rgb`: three channels. `paired`: luma, and chroma apart. */
export type Form = 'grey' | 'rgb' | 'paired';

export interface DrawTask {
  readonly picture: Planes | string;
  /** Four numbers that every random decision about this picture follows from. */
  readonly seed: readonly number[];
  readonly form: Form;
  readonly size: number;
  readonly framing: 'square' | 'crop';
  readonly largestRender: number;
  readonly filmShare: number;
}

/** Values in −1..1; `chroma` of form `paired` only. */
export interface Drawn {
  readonly main: Float32Array;
  readonly chroma?: Float32Array;
}

/** sfc32 needs some rounds until every bit of the seed has reached every bit of what it gives. */
const ROUNDS = 15;

/** Cuts one picture out as a batch wants it. @throws Error of sharp for a file that cannot be read any more */
export async function draw(task: DrawTask): Promise<Drawn> {
  const { picture, form, size } = task;
  const planes = typeof picture === 'string' ? await decode(picture) : picture;
  const random = new Random(task.seed);
  for (let round = 0; round < ROUNDS; round++) random.next();
  const { columns, rows } =
    task.framing === 'square' ? wholeSquare(planes, size) : randomCrop(planes, size, task.largestRender, random);
  const part = (index: 0 | 1 | 2): Float32Array => resample(planeOf(planes, index), planes.width, columns, rows);
  const luma = part(0).map((level) => level / 127.5 - 1);
  if (form === 'grey') return { main: interleave([luma, luma, luma]) };
  // The strongest yellow and cyan round to a level that lies half a level below −1.
  const chroma = (level: number): number => Math.max(-1, (level - 128) / 127.5);
  const [u, v] = ([1, 2] as const).map((index) => part(index).map(chroma)) as [Float32Array, Float32Array];
  if (form === 'rgb') return { main: interleave(toRgb(luma, u, v)) };
  const tone = random.next() < task.filmShare ? filmTone(random) : undefined;
  return { main: tone === undefined ? luma : luma.map(tone), chroma: interleave([u, v]) };
}

function interleave(planes: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(planes.length * planes[0]!.length);
  for (const [c, plane] of planes.entries()) {
    for (let i = 0; i < plane.length; i++) out[i * planes.length + c] = plane[i]!;
  }
  return out;
}

/** BT.601, full range, everything in −1..1. */
function toRgb(y: Float32Array, u: Float32Array, v: Float32Array): Float32Array[] {
  const clipped = (value: number): number => Math.min(1, Math.max(-1, value));
  return [
    y.map((luma, i) => clipped(luma + 1.402 * v[i]!)),
    y.map((luma, i) => clipped(luma - 0.344136 * u[i]! - 0.714136 * v[i]!)),
    y.map((luma, i) => clipped(luma + 1.772 * u[i]!)),
  ];
}
