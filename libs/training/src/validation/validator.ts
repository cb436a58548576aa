import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { inferenceForm, type Forward, type GeneratorConfig } from '@kinemacolor/models';
import { greyImage, rgbToYuv, type Image, type SetMetrics } from '@kinemacolor/quality';
import * as tf from '@tensorflow/tfjs';
import type { TrainingConfig } from '../config/schema.js';
import { TrainingError } from '../config/training-error.js';
import { colourPicture, evaluateBaselines, evaluateGenerator, readPictures, type ValidationPicture } from './colour-picture.js'; // prettier-ignore
import { isColourless } from '../data/colourless.js';
import { listPictures } from '../data/index.js';
import { clipFlicker, readClip, type ClipFrames } from './clip-flicker.js';
import { toneOf } from './tone-baseline.js';
import { writeContactSheet } from './contact-sheet.js';
import { evenly } from './evenly.js';
import { cycledPicture } from './cycled-picture.js';

/** Metrics of the held-out pictures; flicker, in levels, of the clip where one was given. */
export type ValidationMetrics = SetMetrics & { readonly flicker?: number };

export interface ValidatedModel {
  readonly generator: tf.LayersModel;
  readonly generatorConfig: GeneratorConfig;
  readonly back: tf.LayersModel | undefined;
}

/** Looks at a model with pictures that it never learns from. */
export class Validator {
  private constructor(
    private readonly settings: TrainingConfig['validation'],
    private readonly pictures: readonly ValidationPicture[],
    /** Real black-and-white pictures, to look at: they have no truth. */
    private readonly old: readonly ValidationPicture[],
    private readonly clip: ClipFrames | undefined,
    readonly baselines: { readonly grey: SetMetrics; readonly tone: SetMetrics },
    /** SHA-256 over the pictures as they are measured, in their order, hexadecimal. */
    readonly contents: string,
  ) {}

  /**
   * Reads the pictures, and fits the tone baseline on the training pictures.
   * @param files colour pictures that are not trained with
   * @throws TrainingError `BAD_DATA` when there is none, or none that has colours; the reason of the signal
   */
  static async open(
    settings: TrainingConfig['validation'],
    data: TrainingConfig['data'],
    files: readonly string[],
    signal?: AbortSignal,
  ): Promise<Validator> {
    const pictures = await readPictures(files, signal);
    if (pictures.length === 0) throw new TrainingError('BAD_DATA', 'There is no picture to validate with.');
    if (pictures.every(({ truth }) => isGrey(truth))) {
      throw new TrainingError('BAD_DATA', `${settings.color ?? 'What is held out'}: all ${pictures.length} pictures are grey or sepia, and cannot tell right colours from wrong ones. Name a folder of colour pictures (validation.color, --validation).`); // prettier-ignore
    }
    const clip = settings.clip === undefined ? undefined : await readClip(settings.clip, settings.at);
    const old = (await Promise.all(data.bw.map(({ folder, match }) => listPictures(folder, match)))).flat();
    // They are looked at only, so a damaged one is no matter; who trains with them names it.
    const seen = evenly(old, Math.ceil(settings.samples / 3)).map((file) => readPictures([file]).catch(() => []));
    const grey = (await Promise.all(seen)).flat();
    const tone = await toneOf(data.color, new Set(files), signal);
    return new Validator(
      settings,
      pictures,
      grey,
      clip,
      await evaluateBaselines(pictures, tone, signal),
      contentsOf(pictures),
    );
  }

  /** @throws the reason of the signal */
  async metrics(model: ValidatedModel, signal?: AbortSignal): Promise<ValidationMetrics> {
    return this.withForward(model, async (forward) => {
      const { generatorConfig } = model;
      const metrics = await evaluateGenerator(this.pictures, forward, generatorConfig, this.settings.at, signal);
      if (this.clip === undefined) return metrics;
      return { ...metrics, flicker: await clipFlicker(this.clip, forward, generatorConfig, signal) };
    });
  }

  /** A grid to look at. @returns what its columns show */
  async samples(model: ValidatedModel, file: string): Promise<readonly string[]> {
    await mkdir(path.dirname(file), { recursive: true });
    const { generatorConfig, back } = model;
    return this.withForward(model, async (forward) => {
      const rows: Image[][] = [];
      const shown = evenly(this.pictures, this.settings.samples);
      for (const { truth: picture } of [...shown, ...this.old]) {
        const output = await colourPicture(picture, forward, generatorConfig, this.settings.at);
        const cycled =
          back === undefined ? [] : [await cycledPicture(picture, model.generator, back, this.settings.at)];
        rows.push([greyImage(picture), output, ...cycled, ...(rows.length < shown.length ? [picture] : [])]);
      }
      await writeContactSheet(rows, file);
      return ['input', 'output', ...(back === undefined ? [] : ['cycled']), 'truth'];
    });
  }

  private async withForward<T>(model: ValidatedModel, use: (forward: Forward) => Promise<T>): Promise<T> {
    const form = inferenceForm(model.generator, model.generatorConfig);
    try {
      return await use(form.forward);
    } finally {
      form.dispose();
    }
  }
}

function contentsOf(pictures: readonly ValidationPicture[]): string {
  const all = createHash('sha256');
  for (const { truth } of pictures) all.update(`${truth.width}x${truth.height}`).update(truth.data);
  return all.digest('hex');
}

function isGrey(truth: Image): boolean {
  const { u, v } = rgbToYuv(truth);
  return isColourless(u, v);
}
