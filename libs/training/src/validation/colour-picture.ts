import path from 'node:path';
import sharp from 'sharp';
import { generateChroma, renderSizeFor, type Forward, type GeneratorConfig } from '@kinemacolor/models';
import {
  greyImage,
  rgbToYuvFloat,
  SetEvaluation,
  toneImage,
  yuvToRgb,
  type Image,
  type SetMetrics,
  type ToneMap,
} from '@kinemacolor/quality';
import { TrainingError } from '../config/training-error.js';
import { breath } from './breath.js';
import { readRgb } from './read-rgb.js';

export interface ValidationPicture {
  readonly name: string;
  readonly truth: Image;
}

/**
 * Decodes pictures. None is passed over: numbers of other pictures could not be compared.
 * @throws TrainingError `BAD_DATA` that names the picture that cannot be read
 */
export async function readPictures(files: readonly string[], signal?: AbortSignal): Promise<ValidationPicture[]> {
  const pictures: ValidationPicture[] = [];
  // One after the other: photographs of phones, decoded all at once, would fill the memory.
  for (const file of files) {
    signal?.throwIfAborted();
    const truth = await readRgb(file).catch((error: unknown) => {
      throw new TrainingError('BAD_DATA', `${file} cannot be read: ${reasonOf(error)}`, { cause: error });
    });
    pictures.push({ name: path.basename(file), truth });
  }
  return pictures;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Colours one picture as the colorizer does: small luma in, small chroma out, merged with the untouched luma. */
export async function colourPicture(
  truth: Image,
  forward: Forward,
  config: GeneratorConfig,
  renderShort: number,
): Promise<Image> {
  const { width, height } = truth;
  const yuv = rgbToYuvFloat(truth);
  const size = renderSizeFor(truth, renderShort);
  const small = await resizePlane(Uint8Array.from(yuv.y, Math.round), truth, size);
  const { u, v } = await generateChroma(forward, config, small, { batch: 1, ...size });
  return yuvToRgb({
    width,
    height,
    y: yuv.y,
    u: await resizePlane(u, size, truth),
    v: await resizePlane(v, size, truth),
  });
}

/** The metrics of a generator on a set. @param renderShort short side, pixels, at which the generator sees @throws the reason of the signal */
export async function evaluateGenerator(
  set: readonly ValidationPicture[],
  forward: Forward,
  config: GeneratorConfig,
  renderShort: number,
  signal?: AbortSignal,
): Promise<SetMetrics> {
  const evaluation = new SetEvaluation();
  for (const { truth } of set) {
    await breath(signal);
    evaluation.add(await colourPicture(truth, forward, config, renderShort), truth);
  }
  return evaluation.result();
}

export interface Baselines<Tone> {
  readonly grey: SetMetrics;
  readonly tone: Tone;
}

/** The two baselines that every figure stands beside; tone only where there is a map. */
export function evaluateBaselines(set: readonly ValidationPicture[], tone: ToneMap, signal?: AbortSignal): Promise<Baselines<SetMetrics>>; // prettier-ignore
export function evaluateBaselines(set: readonly ValidationPicture[], tone: ToneMap | undefined, signal?: AbortSignal): Promise<Baselines<SetMetrics | undefined>>; // prettier-ignore
export async function evaluateBaselines(
  set: readonly ValidationPicture[],
  tone: ToneMap | undefined,
  signal?: AbortSignal,
): Promise<Baselines<SetMetrics | undefined>> {
  const [grey, wash] = [new SetEvaluation(), new SetEvaluation()];
  for (const { truth } of set) {
    await breath(signal);
    grey.add(greyImage(truth), truth);
    if (tone !== undefined) wash.add(toneImage(tone, truth), truth);
  }
  return { grey: grey.result(), tone: tone === undefined ? undefined : wash.result() };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

async function resizePlane(plane: Uint8Array, from: Size, to: Size): Promise<Uint8Array> {
  const { width, height } = from;
  return sharp(plane, { raw: { width, height, channels: 1 } })
    .resize(to.width, to.height, { fit: 'fill', kernel: 'cubic' })
    .extractChannel(0)
    .raw()
    .toBuffer();
}
