import type * as tf from '@tensorflow/tfjs';

import { buildDiscriminator, type DiscriminatorConfig } from '../discriminator.js';
import { ModelError } from '../model-error.js';
import { checkConvolutions, placeConvolutions, type Convolution } from './convolutions.js';
import { describeNetwork, foreignNorm } from './network-kind.js';
import { type Checkpoint } from './state-dict.js';
import { withSource } from './with-source.js';

/** An imported discriminator; whoever asked for it disposes the model. */
export interface ImportedDiscriminator {
  readonly model: tf.LayersModel;
  readonly config: DiscriminatorConfig;
}

/**
 * Makes a discriminator of a public CycleGAN checkpoint (`latest_net_D_A` and the like): the 70×70 PatchGAN with three
 * strided layers and instance norm. Width and channels follow from the shapes.
 *
 * @param source the file's name, for error messages
 * @throws ModelError `UNSUPPORTED` saying which network it is instead, `CORRUPT` for numbers that are not finite
 */
export function importCycleGanDiscriminator(checkpoint: Checkpoint, source?: string): ImportedDiscriminator {
  return withSource(source, () => importDiscriminator(checkpoint));
}

function importDiscriminator(checkpoint: Checkpoint): ImportedDiscriminator {
  const first = checkpoint.get('model.0.weight')?.shape;
  if (first?.length !== 4 || !checkpoint.has('model.11.weight')) {
    throw new ModelError('UNSUPPORTED', `not a 70×70 PatchGAN discriminator but ${describeNetwork(checkpoint)}`);
  }
  const norm = foreignNorm(checkpoint, ['model.3', 'model.6', 'model.9']);
  if (norm !== undefined) {
    throw new ModelError(
      'UNSUPPORTED',
      `a discriminator with ${norm}; CycleGAN's has instance norm without parameters`,
    );
  }
  const config = { width: first[0]!, inputChannels: first[1]! };
  const convolutions = discriminatorConvolutions(config);
  checkConvolutions(checkpoint, convolutions);
  const model = buildDiscriminator(config);
  placeConvolutions(model, checkpoint, convolutions);
  return { model, config };
}

function discriminatorConvolutions({ width, inputChannels }: DiscriminatorConfig): Convolution[] {
  const channels = [inputChannels, width, 2 * width, 4 * width, 8 * width, 1];
  return [0, 2, 5, 8, 11].map((place, index) => {
    const [input, output] = [channels[index]!, channels[index + 1]!];
    return { from: `model.${place}`, to: `conv_${index}`, shape: [output, input, 4, 4], bias: output };
  });
}
