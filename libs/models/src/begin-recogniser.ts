import * as tf from '@tensorflow/tfjs';
import { darknetTinyLayers } from './features/darknet-tiny.js';
import { efficientNetLite0Layers } from './features/efficientnet-lite0.js';
import { readDarknet } from './features/open-features.js';
import type { GeneratorConfig } from './generator-config.js';
import { ModelError } from './model-error.js';
import { recogniserOf, type Recogniser, type RecognisingSemantics } from './recognisers/recogniser.js';
import { readCheckpoint } from './torch/index.js';

/** A convolution with its batch norm folded in; of a depthwise one the kernel is `[k, k, channels, 1]`. */
interface Convolution {
  readonly kernel: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
}

/** A published classifier. */
interface Classifier {
  readonly read: (source: string) => Promise<Convolution[]>;
  /** What it sees of luma in −1..1, in each of R, G and B: `scale · luma + shift`. */
  readonly scale: number;
  readonly shift: number;
}

const CLASSIFIERS: Readonly<Record<RecognisingSemantics, Classifier>> = {
  'darknet-tiny': {
    read: async (source) => darknetTinyLayers((await readDarknet(source)).tensors),
    scale: 0.5,
    shift: 0.5,
  },
  'efficientnet-lite0': {
    read: async (source) => efficientNetLite0Layers(await readCheckpoint(source)),
    scale: 127.5 / 128,
    shift: 0.5 / 128,
  },
};

/**
 * Gives the recogniser of a generator's semantic branch the weights of an ImageNet classifier to begin with. It sees grey
 * in all three channels: the first kernel is summed over them, and what maps luma to what the classifier saw is folded in.
 * @param source Darknet tiny: its folder, as of `openFeatures`. EfficientNet-Lite0: a `.pth` file of PyTorch
 * @throws ModelError `NOT_FOUND`, `CORRUPT`, `UNSUPPORTED`; `BAD_CONFIG` for a generator without a semantic branch
 */
export async function beginRecogniser(
  generator: tf.LayersModel,
  { semantics }: Pick<GeneratorConfig, 'semantics'>,
  source: string,
): Promise<void> {
  const recogniser = recogniserOf(semantics);
  if (recogniser === undefined) {
    throw new ModelError('BAD_CONFIG', 'This generator has no semantic branch that could begin with weights.');
  }
  const { read, scale, shift } = CLASSIFIERS[semantics as RecognisingSemantics];
  const layers = await read(source);
  giveRecogniser(generator, recogniser, layers, { scale, shift });
  tf.dispose(layers.flatMap(({ kernel, bias }) => [kernel, bias]));
}

/** Gives a recogniser the convolutions of a classifier that sees R = G = B = `scale · luma + shift`. */
export function giveRecogniser(
  generator: tf.LayersModel,
  recogniser: Recogniser,
  layers: readonly Convolution[],
  { scale, shift }: Pick<Classifier, 'scale' | 'shift'>,
): void {
  tf.tidy(() => {
    for (const [i, { kernel, bias }] of layers.entries()) {
      const layer = generator.getLayer(recogniser.layers[i]!.name);
      if (i > 0) {
        layer.setWeights([kernel, bias]);
        continue;
      }
      const summed: tf.Tensor4D = tf.sum(kernel, 2, true);
      layer.setWeights([tf.mul(summed, scale), tf.add(bias, tf.mul(tf.sum(summed, [0, 1, 2]), shift))]);
    }
  });
}
