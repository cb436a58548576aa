import * as tf from '@tensorflow/tfjs';
import { checkGeneratorConfig, glances, type GeneratorConfig } from './generator-config.js';
import { InstanceNormalization } from './layers/instance-normalization.js';
import { ReflectionPadding2D } from './layers/reflection-padding-2d.js';
import { glance } from './glance.js';
import { recogniserOf } from './recognisers/recogniser.js';
import { semanticBranch } from './semantic-branch.js';

/**
 * The seed's generator, which is the public CycleGAN's ResNet generator (Zhu et al. 2017, appendix 7.2; Johnson et al.
 * 2016): a 7×7 convolution, two 3×3 convolutions of stride 2, residual blocks, two transposed 3×3 convolutions of
 * stride 2, a 7×7 convolution and tanh. Instance norm without affine parameters and ReLU after every convolution but the
 * last; reflection padding around the 7×7 and in the blocks; every convolution has a bias.
 *
 * Input `[b, h, w, inputChannels]` in −1..1, output `[b, h, w, outputChannels]` in −1..1; h and w multiples of 4.
 * Paddings are PyTorch's, not TensorFlow's "same": strided convolutions pad one pixel on every side, and a transposed
 * convolution drops the first row and column of the full one, so that public checkpoints mean the same here.
 *
 * Weights are named `encoder_0/kernel`, `encoder_1/…`, `block_0_a/…`, `block_0_b/…`, `decoder_0/…`, `output/bias`.
 * @param seed makes the initial weights (Kaiming normal, zero bias) repeatable.
 * @throws ModelError `BAD_CONFIG`
 */
export function buildGenerator(config: GeneratorConfig, seed?: number): tf.LayersModel {
  const { width, residualBlocks, inputChannels, outputChannels, semantics } = checkGeneratorConfig(config);
  const init = initialisers(seed);
  const conv = (name: string, filters: number, kernelSize: number, strides = 1): tf.layers.Layer =>
    tf.layers.conv2d({ name, filters, kernelSize, strides, padding: 'valid', kernelInitializer: init() });
  const reflect = (name: string, padding: number): tf.layers.Layer => new ReflectionPadding2D({ name, padding });
  const normalised = (x: tf.SymbolicTensor, name: string, relu: boolean): tf.SymbolicTensor => {
    const y = new InstanceNormalization({ name: `${name}_norm` }).apply(x) as tf.SymbolicTensor;
    return relu ? join(y, tf.layers.reLU({ name: `${name}_relu` })) : y;
  };

  const input = tf.input({ name: 'input', shape: [null, null, inputChannels] });
  let x = join(input, reflect('encoder_0_pad', 3), conv('encoder_0', width, 7));
  x = normalised(x, 'encoder_0', true);
  for (const [index, filters] of [2 * width, 4 * width].entries()) {
    const name = `encoder_${index + 1}`;
    x = join(x, tf.layers.zeroPadding2d({ name: `${name}_pad`, padding: 1 }), conv(name, filters, 3, 2));
    x = normalised(x, name, true);
  }
  const recogniser = recogniserOf(semantics);
  const branch = recogniser && semanticBranch(input, recogniser, { width, outputChannels }, init);
  const glanced = glances(semantics) ? glance(input, { outputChannels }, init) : undefined;
  if (branch) x = tf.layers.add({ name: 'semantic_fusion' }).apply([x, branch.trunk]) as tf.SymbolicTensor;
  for (let block = 0; block < residualBlocks; block++) {
    const [a, b] = [`block_${block}_a`, `block_${block}_b`];
    let y = normalised(join(x, reflect(`${a}_pad`, 1), conv(a, 4 * width, 3)), a, true);
    y = normalised(join(y, reflect(`${b}_pad`, 1), conv(b, 4 * width, 3)), b, false);
    x = tf.layers.add({ name: `block_${block}` }).apply([x, y]) as tf.SymbolicTensor;
  }
  for (const [index, filters] of [2 * width, width].entries()) {
    const name = `decoder_${index}`;
    const transposed = tf.layers.conv2dTranspose({
      name,
      filters,
      kernelSize: 3,
      strides: 2,
      padding: 'valid',
      kernelInitializer: init(),
    });
    const dropFirst = tf.layers.cropping2D({ name: `${name}_crop`, cropping: [[1, 0], [1, 0]] }); // prettier-ignore
    x = normalised(join(x, transposed, dropFirst), name, true);
  }
  x = join(x, reflect('output_pad', 3), conv('output', outputChannels, 7));
  const said = [branch, glanced].filter((one) => one !== undefined);
  if (said.length > 0) {
    const gains = said.map(({ gain }) => gain);
    const gain =
      gains.length === 1 ? gains[0]! : (tf.layers.add({ name: 'output_gains' }).apply(gains) as tf.SymbolicTensor);
    const stronger = tf.layers.multiply({ name: 'output_gain' }).apply([x, gain]) as tf.SymbolicTensor;
    x = tf.layers
      .add({ name: 'output_sum' })
      .apply([x, stronger, ...said.map(({ output }) => output)]) as tf.SymbolicTensor;
  }
  x = join(x, tf.layers.activation({ name: 'output_tanh', activation: 'tanh' }));
  return tf.model({ name: 'generator', inputs: input, outputs: x });
}

const SUMMED = ['output', 'semantic_output', 'glance_output'];

/** The layers whose values are summed before the tanh: a factor on the weights of all of them is one on the output. */
export const outputLayers = ({ layers }: tf.LayersModel): tf.layers.Layer[] =>
  layers.filter(({ name }) => SUMMED.includes(name));

function join(x: tf.SymbolicTensor, ...layers: tf.layers.Layer[]): tf.SymbolicTensor {
  return layers.reduce((y, layer) => layer.apply(y) as tf.SymbolicTensor, x);
}

/** Kaiming normal; with a seed, every layer draws from its own number so that no two layers are alike. */
function initialisers(seed: number | undefined): () => ReturnType<typeof tf.initializers.heNormal> {
  let drawn = 0;
  return () => tf.initializers.heNormal(seed === undefined ? {} : { seed: seed + drawn++ });
}
