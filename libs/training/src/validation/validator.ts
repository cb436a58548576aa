import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { inferenceForm, type Forward, type GeneratorConfig } from '@kinemacolor/models';
import { greyImage, type Image, type SetMetrics } from '@kinemacolor/quality';
import * as tf from '@tensorflow/tfjs';
import type { TrainingConfig } from '../config/schema.js';
import { TrainingError } from '../config/training-error.js';
import { colourPicture, evaluateBaselines, evaluateGenerator, loadValidation, type ValidationPicture } from './colour-picture.js'; // prettier-ignore
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
    private readonly settings: NonNullable<TrainingConfig['validation']>,
    private readonly pictures: readonly ValidationPicture[],
    private readonly clip: ClipFrames | undefined,
    readonly baselines: { readonly grey: SetMetrics; readonly tone: SetMetrics },
  ) {}

  /** Reads the pictures, and fits the tone baseline on the training pictures. @throws TrainingError `BAD_DATA` */
  static async open(
    settings: NonNullable<TrainingConfig['validation']>,
    data: TrainingConfig['data'],
  ): Promise<Validator> {
    const pictures = await loadValidation(settings.color, settings.most);
    if (pictures.length === 0) {
      throw new TrainingError('BAD_DATA', `${settings.color} holds no picture to validate with.`);
    }
    const clip = settings.clip === undefined ? undefined : await readClip(settings.clip, settings.at);
    return new Validator(settings, pictures, clip, evaluateBaselines(pictures, await toneOf(data.color)));
  }

  async metrics(model: ValidatedModel): Promise<ValidationMetrics> {
    return this.withForward(model, async (forward) => {
      const { generatorConfig } = model;
      const metrics = await evaluateGenerator(this.pictures, forward, generatorConfig, this.settings.at);
      if (this.clip === undefined) return metrics;
      return { ...metrics, flicker: await clipFlicker(this.clip, forward, generatorConfig) };
    });
  }

  /** A grid to look at. @returns what its columns show */
  async samples(model: ValidatedModel, file: string): Promise<readonly string[]> {
    await mkdir(path.dirname(file), { recursive: true });
    const { generatorConfig, back } = model;
    return this.withForward(model, async (forward) => {
      const rows: Image[][] = [];
      for (const { truth } of evenly(this.pictures, this.settings.samples)) {
        const output = await colourPicture(truth, forward, generatorConfig, this.settings.at);
        const cycled = back === undefined ? [] : [await cycledPicture(truth, model.generator, back, this.settings.at)];
        rows.push([greyImage(truth), output, ...cycled, truth]);
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
