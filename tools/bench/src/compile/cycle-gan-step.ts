import { adam, compile } from '@kinemacolor/compile';
import { cycle, identity, lsganDiscriminator, lsganGenerator } from '@kinemacolor/losses';
import { buildDiscriminator, buildGenerator, type GeneratorConfig } from '@kinemacolor/models';
import * as tf from '@tensorflow/tfjs';

const ADAM = { beta1: 0.5, beta2: 0.999 } as const;
const RATE = 2e-4;

type Step = (a: tf.Tensor4D, b: tf.Tensor4D) => { generators: tf.Scalar; discriminators: tf.Scalar };

/**
 * A whole CycleGAN step (Zhu et al. 2017) as one graph: two generators and two discriminators of the seed's shape, LSGAN,
 * cycle (λ = 10) and identity (λ = 5) losses, Adam for both sides.
 */
export async function cycleGanStep(width: number, size: number): Promise<Step> {
  const config: GeneratorConfig = { width, residualBlocks: 6, inputChannels: 3, outputChannels: 3 };
  const [toB, toA] = [buildGenerator(config, 1), buildGenerator(config, 2)];
  const [judgeA, judgeB] = [3, 4].map((seed) => buildDiscriminator({ width, inputChannels: 3 }, seed)) as [tf.LayersModel, tf.LayersModel]; // prettier-ignore
  const painters = [toB, toA].flatMap(variablesOf);
  const judges = [judgeA, judgeB].flatMap(variablesOf);
  const [paint, judge] = [adam(painters, ADAM), adam(judges, ADAM)];
  const run = (model: tf.LayersModel, x: tf.Tensor): tf.Tensor4D => model.apply(x) as tf.Tensor4D;

  const step = (a: tf.Tensor4D, b: tf.Tensor4D): ReturnType<Step> => {
    let fakes: [tf.Tensor4D, tf.Tensor4D] | undefined;
    const generators = tf.variableGrads(() => {
      const [fakeA, fakeB] = [run(toA, b), run(toB, a)];
      fakes = [tf.keep(fakeA.clone()), tf.keep(fakeB.clone())];
      const adversarial = tf.add(lsganGenerator(run(judgeA, fakeA)), lsganGenerator(run(judgeB, fakeB)));
      const cycled = tf.add(cycle(run(toA, fakeB), a), cycle(run(toB, fakeA), b));
      const same = tf.add(identity(run(toA, a), a), identity(run(toB, b), b));
      return tf.addN([adversarial, tf.mul(cycled, 10), tf.mul(same, 5)]).asScalar();
    }, painters);
    const [fakeA, fakeB] = fakes!;
    const discriminators = tf.variableGrads(
      () =>
        tf
          .add(
            lsganDiscriminator(run(judgeA, a), run(judgeA, fakeA)),
            lsganDiscriminator(run(judgeB, b), run(judgeB, fakeB)),
          )
          .asScalar(),
      judges,
    );
    paint.apply(generators.grads, { rate: RATE });
    judge.apply(discriminators.grads, { rate: RATE });
    return { generators: generators.value, discriminators: discriminators.value };
  };
  const picture = { shape: [1, size, size, 3] };
  const variables = [...painters, ...judges, ...paint.variables, ...judge.variables];
  return compile(step, [picture, picture], { precision: 'bf16', variables });
}

const variablesOf = (model: tf.LayersModel): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as unknown as tf.Variable);
