import { stat } from 'node:fs/promises';
import { openColour, probe } from '@kinemacolor/media';
import { inferenceForm, loadModel, renderSizeFor, type Forward, type GeneratorConfig } from '@kinemacolor/models';
import {
  colourfulness,
  Flicker,
  greyImage,
  rgbToYuv,
  type Image,
  type SetMetrics,
  type ToneMap,
} from '@kinemacolor/quality';
import { loadBackend } from '@kinemacolor/tensor';
import { colourPicture, evaluateBaselines, evaluateGenerator, readPictures, type ValidationPicture } from './colour-picture.js'; // prettier-ignore
import { writeContactSheet } from './contact-sheet.js';
import { evenly } from './evenly.js';
import { toneOf } from './tone-baseline.js';
import { listPictures } from '../data/index.js';
import { TrainingError } from '../config/training-error.js';

export interface EvaluateOptions {
  /** Folder of the model. */
  readonly model: string;
  /** A folder of pictures, or a film. In colour: it is the truth. */
  readonly target: string;
  /** Folders of colour pictures that the tone baseline is fitted on; without any it is left out. */
  readonly tone: readonly string[];
  /** Short sides, pixels, at which the model sees; default: the model's own. */
  readonly sizes: readonly number[];
  /** Most pictures, or frames, that are looked at. */
  readonly most: number;
  /** A picture to look at is written here: input, output, truth. */
  readonly sheet?: string | undefined;
}

/** A row of the result; `flicker` and `colourfulness` of films only. */
export interface EvaluatedRow {
  readonly name: string;
  readonly metrics: SetMetrics;
  /** Levels between frames where the picture stands still; of the generator alone, no stabiliser. */
  readonly flicker?: number;
  /** Hasler and Süsstrunk's, mean over the frames: what says something where the film has no colours of its own. */
  readonly colourfulness?: number;
}

/** Pictures on the sheet. */
const SHEET_ROWS = 14;

/**
 * A model's metrics on any folder of pictures or any film, beside the grey and tone baselines.
 * @throws TrainingError `BAD_DATA`; ModelError; MediaError
 */
export async function evaluateModel({
  model: folder,
  target,
  tone,
  sizes,
  most,
  sheet,
}: EvaluateOptions): Promise<EvaluatedRow[]> {
  await loadBackend();
  const { info, model } = await loadModel(folder);
  const form = inferenceForm(model, info.config);
  model.dispose();
  try {
    const shown = await truthOf(target, most);
    const toneMap: ToneMap | undefined =
      tone.length === 0 ? undefined : await toneOf(tone.map((one) => ({ folder: one })));
    const { pictures } = shown;
    const baselines = await evaluateBaselines(pictures, toneMap);
    const rows: EvaluatedRow[] = [{ name: 'grey', metrics: baselines.grey }];
    if (baselines.tone !== undefined) rows.push({ name: 'tone', metrics: baselines.tone });
    for (const size of sizes.length > 0 ? sizes : [info.renderSize]) {
      const metrics = await evaluateGenerator(pictures, form.forward, info.config, size);
      const moving = shown.film ? await overTime(pictures, form.forward, info.config, size) : {};
      rows.push({ name: `${info.name} at ${size}`, metrics, ...moving });
    }
    if (sheet !== undefined) {
      const sheetRows: Image[][] = [];
      for (const { truth } of evenly(pictures, SHEET_ROWS)) {
        const output = await colourPicture(truth, form.forward, info.config, sizes[0] ?? info.renderSize);
        sheetRows.push([greyImage(truth), output, truth]);
      }
      await writeContactSheet(sheetRows, sheet);
    }
    return rows;
  } finally {
    form.dispose();
  }
}

async function truthOf(target: string, most: number): Promise<{ film: boolean; pictures: ValidationPicture[] }> {
  const isFolder = await stat(target).then((found) => found.isDirectory(), () => false); // prettier-ignore
  const pictures = isFolder
    ? await readPictures(evenly(await listPictures(target), most))
    : await framesOf(target, most);
  if (pictures.length === 0) throw new TrainingError('BAD_DATA', `${target} holds no picture to evaluate with.`);
  return { film: !isFolder, pictures };
}

/** The first frames of a film; consecutive, since flicker is between neighbours. */
async function framesOf(file: string, most: number): Promise<ValidationPicture[]> {
  const info = await probe(file);
  const { width, height } = renderSizeFor(info.video, 256);
  const pictures: ValidationPicture[] = [];
  for await (const { index, rgb } of openColour(info, { every: 1, width, height })) {
    pictures.push({ name: String(index), truth: { width, height, data: Uint8Array.from(rgb) } });
    if (pictures.length === most) break;
  }
  return pictures;
}

async function overTime(
  pictures: readonly ValidationPicture[],
  forward: Forward,
  config: GeneratorConfig,
  size: number,
): Promise<Pick<EvaluatedRow, 'flicker' | 'colourfulness'>> {
  const flicker = new Flicker();
  let colour = 0;
  for (const { truth } of pictures) {
    const output = await colourPicture(truth, forward, config, size);
    // The truth's luma: the output's own is rounded with its colours.
    flicker.add({ ...rgbToYuv(output), y: rgbToYuv(truth).y });
    colour += colourfulness(output) / pictures.length;
  }
  return { flicker: flicker.value(), colourfulness: colour };
}
