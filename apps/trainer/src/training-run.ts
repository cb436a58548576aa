import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { adam } from '@kinemacolor/compile';
import { buildGenerator, saveModel, type GeneratorConfig } from '@kinemacolor/models';
import { formatTable, ToneFit, type SetMetrics } from '@kinemacolor/quality';
import { loadBackend } from '@kinemacolor/tensor';
import { readCheckpoint, saveCheckpoint } from './checkpoint.js';
import type { TrainingConfig } from './config.js';
import { loadPictures } from './picture-set.js';
import { Random } from './random.js';
import { Sampler, type WeightedSet } from './sampler.js';
import { chromaStep } from './chroma-step.js';
import { cosineRate } from './schedule.js';
import { evaluateBaselines, evaluateGenerator, loadValidation } from './validation.js';
import { WeightAverage } from './weight-average.js';

/** Optimiser settings: β1 lower than usual as gradients of small crops change quickly. */
const ADAM = { beta1: 0.9, beta2: 0.99 } as const;

/** One stage of supervised chroma training; goes on from the run's checkpoint when there is one. */
export async function train(config: TrainingConfig, signal: AbortSignal, print: (line: string) => void): Promise<void> {
  const engine = await loadBackend();
  print(`engine: TensorFlow ${engine.tensorflowVersion} on ${engine.device}`);
  await mkdir(config.run, { recursive: true });
  await writeFile(path.join(config.run, 'config.json'), JSON.stringify(config, null, 2));
  const log = (entry: object): Promise<void> =>
    appendFile(path.join(config.run, 'log.jsonl'), JSON.stringify(entry) + '\n');

  const sets: WeightedSet[] = [];
  const tone = new ToneFit();
  for (const { folder, match, weight } of config.train) {
    const { pictures, unreadable, colourless } = await loadPictures(folder, { match });
    print(`${folder}: ${pictures.length} pictures; unreadable ${unreadable.length}; colourless ${colourless.length}`);
    if (unreadable.length > 0) print(`  unreadable: ${unreadable.join(', ')}`);
    for (const { yuv } of pictures) tone.add(yuv);
    sets.push({ weight, pictures });
  }
  const toneMap = tone.fit();
  const validation = await loadValidation(config.validation);
  const baselines = evaluateBaselines(validation, toneMap);
  print(
    formatTable([
      { name: 'grey', metrics: baselines.grey },
      { name: 'tone', metrics: baselines.tone },
    ]),
  );

  const shape: GeneratorConfig = { ...config.generator, inputChannels: 1, outputChannels: 2 };
  const model = buildGenerator(shape, config.seed);
  const variables = model.trainableWeights.map((weight) => variableOf(weight));
  // Chroma is small: a full-size first guess would spend the first thousand steps on becoming grey.
  scaleOutput(model, { u: 0.1, v: 0.1 });
  const optimiser = adam(variables, ADAM);
  const average = new WeightAverage(model.trainableWeights, config.average);
  let random = new Random(config.seed);
  let step = 0;
  let bestScore = -Infinity;
  const checkpoint = path.join(config.run, 'checkpoint');
  const kept = await readCheckpoint(checkpoint);
  if (kept !== undefined) {
    ({ step, bestScore } = kept.state);
    random = new Random(kept.state.random);
    for (const [i, value] of kept.groups['weights']!.entries()) variables[i]!.assign(value);
    average.restore(kept.groups['average']!);
    for (const [i, value] of kept.groups['optimiser']!.entries()) optimiser.variables[i]!.assign(value);
    tf.dispose(kept.groups);
    print(`goes on at step ${step}`);
  }
  const compiled = await chromaStep({ model, variables, optimiser, average, config });
  const save = async (): Promise<void> => {
    compiled.readVariables();
    await saveCheckpoint(
      checkpoint,
      { step, random: random.snapshot(), bestScore },
      { weights: variables, average: average.values(), optimiser: optimiser.variables },
    );
  };

  const sampler = new Sampler(sets, config, random);
  const { batch, crop } = config;
  let started = Date.now();
  let lossSum = 0;
  while (step < config.steps && !signal.aborted) {
    const drawn = sampler.next();
    const rate = cosineRate(step, {
      peak: config.learningRate,
      steps: config.steps,
      warmUp: config.warmUp,
      floor: 0.01,
    });
    const loss = compiled.step(drawn, rate, average.decayAt(step));
    step += 1;
    lossSum += loss;
    if (step % 100 === 0) {
      const seconds = (Date.now() - started) / 1000;
      print(
        `step ${step}/${config.steps} loss ${(lossSum / 100).toFixed(5)} rate ${rate.toExponential(2)} ${((100 * batch) / seconds).toFixed(1)} crops/s tensors ${tf.memory().numTensors}`,
      );
      await log({ step, loss: lossSum / 100, rate, seconds });
      started = Date.now();
      lossSum = 0;
    }
    const validates = step % config.validateEvery === 0 || step === config.steps;
    // A validation ends with a checkpoint of its own, which knows the new best score.
    if (step % config.checkpointEvery === 0 && !validates) await save();
    if (validates) {
      compiled.readVariables();
      const metrics = await average.within(async () => {
        scaleOutput(model, config.outputGain);
        const result = await evaluateGenerator(
          validation,
          (x) => model.predict(x) as tf.Tensor4D,
          shape,
          config.validateAt,
        );
        if (score(result, baselines.tone) > bestScore) {
          bestScore = score(result, baselines.tone);
          await exportModel('best');
        }
        return result;
      });
      print(formatTable([{ name: `step ${step}`, metrics }]));
      await log({ step, metrics });
      await save();
      started = Date.now();
    }
    // Lets signals in: the native engine holds the thread during a step.
    await new Promise(setImmediate);
  }
  if (step > 0) await save();
  compiled.dispose();
  if (!signal.aborted) {
    await average.within(() => {
      scaleOutput(model, config.outputGain);
      return exportModel('last');
    });
  }

  async function exportModel(which: string): Promise<void> {
    const version = new Date().toISOString().slice(0, 10);
    await saveModel(model, path.join(config.run, which), {
      name: config.name,
      version,
      config: shape,
      renderSize: config.validateAt,
    });
  }
}

/**
 * What "best" means: PSNR gained over the tone baseline, with correlation and colourfulness up to the truth's. PSNR
 * alone would choose the greyest network, colourfulness alone the gaudiest.
 */
export function score(metrics: SetMetrics, tone: SetMetrics): number {
  return metrics.psnr - tone.psnr + 5 * metrics.chromaCorrelation + 2 * Math.min(1, metrics.colourfulnessRatio);
}

/** Multiplies what the last convolution gives, before its tanh: for the small values of chroma, the chroma itself. */
function scaleOutput(model: tf.LayersModel, { u, v }: TrainingConfig['outputGain']): void {
  tf.tidy(() => {
    const factors = tf.tensor1d([u, v]);
    for (const weight of model.getLayer('output').trainableWeights) weight.write(tf.mul(weight.read(), factors));
  });
}

/** The variable behind a layer's weight: what gradients are taken of. `read()` returns it, though its type does not say so. */
function variableOf(weight: tf.LayerVariable): tf.Variable {
  return weight.read() as unknown as tf.Variable;
}
