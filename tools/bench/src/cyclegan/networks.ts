import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildDiscriminator, buildGenerator, type GeneratorConfig } from '@kinemacolor/models';
import type * as tf from '@tensorflow/tfjs';
import { readFloats, writeFloats } from '../float-files.js';

/** In the order in which the trainer's learner has their weights. */
export const NETWORKS = ['toColour', 'toGrey', 'judgeColour', 'judgeGrey'] as const;
export type Networks = Readonly<Record<(typeof NETWORKS)[number], tf.LayersModel>>;

export const RESIDUAL_BLOCKS = 6;
const WEIGHTS = 'weights.bin';

/** The four networks of a CycleGAN between black-and-white and colour, all of one width, with random weights. */
export function buildNetworks(width: number): Networks {
  const generator: GeneratorConfig = { width, residualBlocks: RESIDUAL_BLOCKS, inputChannels: 3, outputChannels: 3 };
  const judge = { width, inputChannels: 3 };
  return {
    toColour: buildGenerator(generator, 1000),
    toGrey: buildGenerator(generator, 2000),
    judgeColour: buildDiscriminator(judge, 3000),
    judgeGrey: buildDiscriminator(judge, 4000),
  };
}

export const variablesOf = (model: tf.LayersModel): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as unknown as tf.Variable);

/** Writes a folder for each network, with what the peers read of a saved Layers model: the manifest and the weights. */
export async function writeNetworks(folder: string, networks: Networks): Promise<void> {
  for (const name of NETWORKS) {
    const { trainableWeights } = networks[name];
    const values = trainableWeights.map((weight) => weight.read().dataSync<'float32'>());
    const weights = trainableWeights.map(({ originalName, shape }) => ({
      name: originalName,
      shape,
      dtype: 'float32',
    }));
    const own = path.join(folder, name);
    await mkdir(own, { recursive: true });
    await writeFloats(path.join(own, WEIGHTS), Float32Array.from(values.flatMap((floats) => [...floats])));
    await writeFile(path.join(own, 'model.json'), JSON.stringify({ weightsManifest: [{ paths: [WEIGHTS], weights }] }));
  }
}

/** The weights of all four, one after the other. */
export async function readWeights(folder: string): Promise<Float32Array> {
  const parts = await Promise.all(NETWORKS.map((name) => readFloats(path.join(folder, name, WEIGHTS))));
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
