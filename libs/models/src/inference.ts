import * as tf from '@tensorflow/tfjs';
import { instanceNormInference } from '@kinemacolor/tensor';
import type { Forward } from './chroma-function.js';
import { glances, type GeneratorConfig } from './generator-config.js';
import { blockedKernel, OUTPUT_BLOCK } from './blocked-convolution.js';
import { doubled } from './doubled.js';
import { GLANCE_LAYERS, glanceForward } from './glance-inference.js';
import { layerWeights, type LayerWeights } from './layer-weights.js';
import { ONE_PIXEL } from './one-pixel.js';
import { recogniserOf } from './recognisers/recogniser.js';
import { semanticForward, semanticLayers } from './semantic-inference.js';

/** A generator ready to run many frames. The caller disposes it; the model it came from may be disposed first. */
export interface InferenceForm {
  readonly forward: Forward;
  readonly dispose: () => void;
}

/**
 * The same function as the Layers model (equal to float rounding), arranged for speed:
 * - no biases before an instance norm, which takes any constant away;
 * - fused instance norm for single pictures;
 * - zero padding inside the convolutions instead of padded copies;
 * - the last 7×7, which has very few output channels, as a 10×10 convolution of stride 4 that paints blocks of 4 × 4
 *   pixels, exactly;
 * - every tensor freed as soon as it was used: big buffers that live until the end of a tidy cost three times the
 *   arithmetic in page faults.
 */
export function inferenceForm(model: tf.LayersModel, config: GeneratorConfig): InferenceForm {
  const owned = kernels(model, config);
  const { first, strided, blocks, transposed, last, bias, branch } = owned;
  const looks = looksOf(config);
  const forward: Forward = (input) => {
    const known = looks.map(({ forward: look }) => look(branch, input));
    let x = reflect(input, 3);
    x = then(x, (t) => tf.conv2d(t, first, 1, 'valid'));
    x = normalised(x);
    for (const weights of strided) {
      x = then(x, (t) => tf.conv2d(t, weights, 2, ONE_PIXEL));
      x = normalised(x);
    }
    for (const { trunk } of known) if (trunk) x = plus(x, trunk);
    for (const [a, b] of blocks) {
      let y = reflect(x, 1);
      y = then(y, (t) => tf.conv2d(t, a, 1, 'valid'));
      y = normalised(y);
      y = then(y, (t) => reflect(t, 1));
      y = then(y, (t) => tf.conv2d(t, b, 1, 'valid'));
      y = then(y, instanceNormInference);
      x = plus(x, y);
    }
    for (const weights of transposed) {
      x = then(x, (t) => doubled(t, weights));
      x = normalised(x);
    }
    x = then(x, (t) => reflect(t, 3));
    x = then(x, (t) => tf.conv2d(t, last, OUTPUT_BLOCK, 'valid'));
    x = then(x, (t) => tf.depthToSpace(t, OUTPUT_BLOCK));
    x = then(x, (t) => tf.add(t, bias));
    if (known.length > 0) {
      const strength = known.map(({ gain }) => gain).reduce(plus);
      const stronger = tf.mul<tf.Tensor4D>(x, strength);
      strength.dispose();
      x = known.reduce((sum, { output }) => plus(sum, output), plus(x, stronger));
    }
    return then(x, tf.tanh);
  };
  return {
    forward: (x) => tf.tidy(() => forward(x)),
    dispose: () => {
      tf.dispose(owned);
    },
  };
}

// A type, not an interface: tidy and dispose take only what has an implicit index signature.
type Kernels = {
  first: tf.Tensor4D;
  strided: tf.Tensor4D[];
  blocks: [tf.Tensor4D, tf.Tensor4D][];
  transposed: tf.Tensor4D[];
  last: tf.Tensor4D;
  bias: tf.Tensor1D;
  /** Of what looks at the picture beside the generator, if anything does. */
  branch: LayerWeights;
};

interface Known {
  readonly trunk?: tf.Tensor4D;
  readonly gain: tf.Tensor4D;
  readonly output: tf.Tensor4D;
}

/** Something that looks at the picture beside the generator. */
interface Look {
  readonly layers: readonly string[];
  readonly forward: (weights: LayerWeights, luma: tf.Tensor4D) => Known;
}

function looksOf({ semantics }: GeneratorConfig): Look[] {
  const recogniser = recogniserOf(semantics);
  const branch: Look[] = recogniser === undefined ? [] : [{ layers: semanticLayers(recogniser), forward: (weights, luma) => semanticForward(recogniser, weights, luma) }]; // prettier-ignore
  return glances(semantics) ? [...branch, { layers: GLANCE_LAYERS, forward: glanceForward }] : branch;
}

/** The weights, kept until they are disposed, whatever tidy the caller is in. */
function kernels(model: tf.LayersModel, config: GeneratorConfig): Kernels {
  return tf.tidy(() => {
    const kernel = (layer: string): tf.Tensor4D => tf.clone(model.getLayer(layer).getWeights()[0] as tf.Tensor4D);
    const output = model.getLayer('output').getWeights();
    const kept: Kernels = {
      first: kernel('encoder_0'),
      strided: ['encoder_1', 'encoder_2'].map(kernel),
      blocks: Array.from({ length: config.residualBlocks }, (_, i): [tf.Tensor4D, tf.Tensor4D] => [
        kernel(`block_${i}_a`),
        kernel(`block_${i}_b`),
      ]),
      transposed: ['decoder_0', 'decoder_1'].map(kernel),
      last: blockedKernel(output[0] as tf.Tensor4D, OUTPUT_BLOCK),
      bias: tf.clone(output[1] as tf.Tensor1D),
      branch: layerWeights(
        model,
        looksOf(config).flatMap(({ layers }) => layers),
      ),
    };
    for (const weights of [
      kept.first,
      ...kept.strided,
      ...kept.blocks.flat(),
      ...kept.transposed,
      kept.last,
      kept.bias,
      ...Object.values(kept.branch).flatMap(({ kernel: k, bias }) => [k, bias]),
    ]) {
      tf.keep(weights);
    }
    return kept;
  });
}

/** Applies one step and frees its input. */
function then(x: tf.Tensor4D, step: (x: tf.Tensor4D) => tf.Tensor4D): tf.Tensor4D {
  const y = step(x);
  x.dispose();
  return y;
}

/** The sum of two; frees both. */
function plus(x: tf.Tensor4D, y: tf.Tensor4D): tf.Tensor4D {
  const sum = tf.add<tf.Tensor4D>(x, y);
  tf.dispose([x, y]);
  return sum;
}

const normalised = (x: tf.Tensor4D): tf.Tensor4D => then(then(x, instanceNormInference), tf.relu);

const reflect = (x: tf.Tensor4D, pad: number): tf.Tensor4D =>
  tf.mirrorPad(x, [[0, 0], [pad, pad], [pad, pad], [0, 0]], 'reflect'); // prettier-ignore
