import { cycle, identity, lsganDiscriminator, lsganGenerator } from '@kinemacolor/losses';
import * as tf from '@tensorflow/tfjs';
import { ADAM, type Form, type Losses } from '../step/form.js';
import { assignWeights } from './assign-weights.js';
import type { CyclePictures } from './cycle-pictures.js';
import { buildNetworks, NETWORKS, variablesOf } from './networks.js';
import { LOSS_WEIGHTS } from './trainer-learner.js';

/**
 * The step (Zhu et al. 2017) in plain tfjs and fp32 with its own Adam: what the others are held against, so it shares no
 * more with the trainer than the layers and the losses.
 */
export function eagerForm(width: number, size: number, weights: Float32Array, pictures: CyclePictures): Form {
  const networks = buildNetworks(width);
  const run = (name: keyof typeof networks, x: tf.Tensor4D): tf.Tensor4D => networks[name].apply(x) as tf.Tensor4D;
  const painters = [networks.toColour, networks.toGrey].flatMap(variablesOf);
  const judges = [networks.judgeColour, networks.judgeGrey].flatMap(variablesOf);
  const { rate, beta1, beta2, epsilon } = ADAM;
  const freshAdams = (): tf.AdamOptimizer[] => [0, 1].map(() => tf.train.adam(rate, beta1, beta2, epsilon));
  let adams: readonly tf.AdamOptimizer[] = [];

  const generators = (grey: tf.Tensor4D, colour: tf.Tensor4D) => {
    let fakes: Record<'colour' | 'grey', tf.Tensor4D> | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const [fakeColour, fakeGrey] = [run('toColour', grey), run('toGrey', colour)];
      // Out of the scope that gradients are taken in, whose other tensors are freed.
      fakes = { colour: tf.keep(fakeColour.clone()), grey: tf.keep(fakeGrey.clone()) };
      const adversarial = [run('judgeColour', fakeColour), run('judgeGrey', fakeGrey)].map(lsganGenerator);
      const cycled = [cycle(run('toGrey', fakeColour), grey), cycle(run('toColour', fakeGrey), colour)];
      const same = [identity(run('toColour', colour), colour), identity(run('toGrey', grey), grey)];
      const weighed = [tf.mul(tf.addN(cycled), LOSS_WEIGHTS.cycle), tf.mul(tf.addN(same), LOSS_WEIGHTS.identity)];
      return tf.addN([...adversarial, ...weighed]).asScalar();
    }, painters);
    return { value, grads, fakes: fakes! };
  };
  const step = (): Losses => {
    const [grey, colour] = [pictures.grey, pictures.colour].map((values) => tf.tensor4d(values, [1, size, size, 3]));
    const { value, grads, fakes } = generators(grey!, colour!);
    adams[0]!.applyGradients(named(grads));
    const losses = { colour: tf.scalar(0), grey: tf.scalar(0) };
    const judged = tf.variableGrads(() => {
      losses.colour = tf.keep(lsganDiscriminator(run('judgeColour', colour!), run('judgeColour', fakes.colour)));
      losses.grey = tf.keep(lsganDiscriminator(run('judgeGrey', grey!), run('judgeGrey', fakes.grey)));
      return tf.add(losses.colour, losses.grey).asScalar();
    }, judges);
    adams[1]!.applyGradients(named(judged.grads));
    const [generator, discriminatorColour, discriminatorGrey] = [value, losses.colour, losses.grey].map(
      (loss) => loss.dataSync<'float32'>()[0]!,
    ) as [number, number, number];
    tf.dispose([fakes, losses]);
    return { generator, discriminatorColour, discriminatorGrey };
  };
  return {
    how: 'eager fp32',
    restart: () => {
      for (const adam of adams) adam.dispose();
      adams = freshAdams();
      assignWeights(NETWORKS.flatMap((name) => variablesOf(networks[name])), weights); // prettier-ignore
      return Promise.resolve();
    },
    step: () => tf.tidy(step),
  };
}

const named = (gradients: tf.NamedTensorMap): { name: string; tensor: tf.Tensor }[] =>
  Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
