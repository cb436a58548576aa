import type * as tf from '@tensorflow/tfjs';

import { type GeneratorConfig } from '../generator-config.js';
import { buildGenerator } from '../generator.js';
import { ModelError } from '../model-error.js';
import { checkConvolutions, placeConvolutions, type Convolution } from './convolutions.js';
import { describeNetwork, foreignNorm } from './network-kind.js';
import { type Checkpoint } from './state-dict.js';
import { withSource } from './with-source.js';

/** Index in the public network's sequence of the first residual block. */
const firstBlock = 10;

/** An imported generator; whoever asked for it disposes the model. */
export interface ImportedGenerator {
  readonly model: tf.LayersModel;
  readonly config: GeneratorConfig;
}

/**
 * Makes a generator of a public CycleGAN checkpoint: `resnet_6blocks`, `resnet_9blocks` or any other number of blocks,
 * with or without dropout (which does nothing after training). Width, blocks and channels follow from the shapes.
 *
 * The model takes and gives NHWC in −1..1 where PyTorch has NCHW; otherwise the outputs agree to float rounding.
 *
 * @param source the file's name, for error messages
 * @throws ModelError `UNSUPPORTED` saying which network it is instead, `CORRUPT` for numbers that are not finite,
 * `BAD_CONFIG` for channel counts that no generator here has
 */
export function importCycleGanGenerator(checkpoint: Checkpoint, source?: string): ImportedGenerator {
  return withSource(source, () => importGenerator(checkpoint));
}

function importGenerator(checkpoint: Checkpoint): ImportedGenerator {
  const config = generatorConfig(checkpoint);
  const convolutions = generatorConvolutions(checkpoint, config);
  checkConvolutions(checkpoint, convolutions);
  const model = buildGenerator(config);
  placeConvolutions(model, checkpoint, convolutions);
  return { model, config };
}

function generatorConfig(checkpoint: Checkpoint): GeneratorConfig {
  const first = checkpoint.get('model.1.weight')?.shape;
  let residualBlocks = 0;
  while (checkpoint.has(`model.${firstBlock + residualBlocks}.conv_block.1.weight`)) residualBlocks += 1;
  const last = checkpoint.get(`model.${firstBlock + residualBlocks + 7}.weight`)?.shape;
  if (first?.length !== 4 || residualBlocks === 0 || last?.length !== 4) {
    throw new ModelError(
      'UNSUPPORTED',
      `not a CycleGAN ResNet generator but ${describeNetwork(checkpoint)}; ` +
        'give the latest_net_G of a resnet_6blocks or resnet_9blocks network',
    );
  }
  const norm = foreignNorm(checkpoint, ['model.2', `model.${firstBlock}.conv_block.2`]);
  if (norm !== undefined) {
    throw new ModelError(
      'UNSUPPORTED',
      `a ResNet generator with ${norm}; CycleGAN's has instance norm without parameters`,
    );
  }
  return { width: first[0]!, residualBlocks, inputChannels: first[1]!, outputChannels: last[0]! };
}

function generatorConvolutions(checkpoint: Checkpoint, config: GeneratorConfig): Convolution[] {
  const { width, residualBlocks, inputChannels, outputChannels } = config;
  const conv = (at: number | string, to: string, input: number, output: number, size: number): Convolution => {
    return { from: `model.${at}`, to, shape: [output, input, size, size], bias: output };
  };
  const transposed = (at: number, to: string, input: number, output: number): Convolution => {
    return { from: `model.${at}`, to, shape: [input, output, 3, 3], bias: output };
  };
  const blocks = Array.from({ length: residualBlocks }, (_, block) => {
    const inside = `${firstBlock + block}.conv_block`;
    // A dropout layer between the two convolutions moves the second by one.
    const second = checkpoint.has(`model.${inside}.6.weight`) ? 6 : 5;
    return [
      conv(`${inside}.1`, `block_${block}_a`, 4 * width, 4 * width, 3),
      conv(`${inside}.${second}`, `block_${block}_b`, 4 * width, 4 * width, 3),
    ];
  });
  const decoder = firstBlock + residualBlocks;
  return [
    conv(1, 'encoder_0', inputChannels, width, 7),
    conv(4, 'encoder_1', width, 2 * width, 3),
    conv(7, 'encoder_2', 2 * width, 4 * width, 3),
    ...blocks.flat(),
    transposed(decoder, 'decoder_0', 4 * width, 2 * width),
    transposed(decoder + 3, 'decoder_1', 2 * width, width),
    conv(decoder + 7, 'output', width, outputChannels, 7),
  ];
}
