import { compileProgram, type CompiledProgram, type TracedFunction } from '@kinemacolor/compile';
import type { Precision } from '@kinemacolor/compile';
import * as tf from '@tensorflow/tfjs';
import { chromaNetworks, type ChromaNetworksConfig } from '../networks/chroma-networks.js';
import { run } from '../networks/variables-of.js';
import { WeightAverage } from '../weight-average.js';
import { judgeStep, painterStep, type ChromaLossWeights } from './chroma-step.js';
import type { Learner } from './learner.js';
import { lossesOf, readLosses, type StepLosses } from './losses-record.js';
import { optimiserFor, type OptimiserChoice } from './optimiser-choice.js';
import type { Perception } from './perception.js';
import type { StepProgram, StepSettings, StepShape } from './step-program.js';
import { zero } from './zero.js';

export interface ChromaLearnerOptions {
  readonly shape: ChromaNetworksConfig;
  readonly seed: number;
  readonly weights: ChromaLossWeights;
  readonly perception: Perception | undefined;
  readonly optimiser: OptimiserChoice;
  readonly precision: Precision;
  /** Learning rate of the recogniser, which begins with knowledge, as a share of the generator's. */
  readonly recogniserRate?: number | undefined;
}

const RECOGNISER_RATE = 0.1;

/** One generator from luma to chroma, and one discriminator. Needs the backend. */
export function chromaLearner({
  shape,
  seed,
  weights,
  perception,
  optimiser,
  precision,
  recogniserRate = RECOGNISER_RATE,
}: ChromaLearnerOptions): Learner {
  const networks = chromaNetworks(shape, seed);
  const { painter, judge, painterWeights, recogniserWeights, judgeWeights, config } = networks;
  const paint = optimiserFor(
    optimiser,
    painterWeights.filter((weight) => !recogniserWeights.includes(weight)),
  );
  const recognise = optimiserFor(optimiser, recogniserWeights);
  const critic = optimiserFor(optimiser, judgeWeights);
  const average = new WeightAverage(painter.trainableWeights);
  const groups = {
    generator: painterWeights,
    discriminator: judgeWeights,
    generatorOptimiser: paint.variables,
    discriminatorOptimiser: critic.variables,
    ...(recogniserWeights.length > 0 ? { recogniserOptimiser: recognise.variables } : {}),
    average: average.values(),
  };

  const compile = async ({ phase, batch, size }: StepShape): Promise<StepProgram> => {
    const luma = { shape: [batch, size, size, 1] };
    const chroma = { shape: [batch, size, size, 2] };
    const scalar = { shape: [] };
    const weighed = phase === 'adversarial' ? weights : { ...weights, adversarial: 0 };
    const functions = {
      ...(phase === 'critic'
        ? { painter: { fn: (x: tf.Tensor4D) => ({ painted: run(painter, x) }), signature: [luma] } }
        : {
            painter: {
              fn: (x: tf.Tensor4D, truth: tf.Tensor4D, rate: tf.Scalar, momentum: tf.Scalar, decay: tf.Scalar) => {
                const { losses, gradients, painted } = painterStep(networks, weighed, perception, x, truth);
                paint.apply(gradients, { rate, beta1: momentum });
                if (recogniserWeights.length > 0) {
                  recognise.apply(gradients, { rate: tf.mul<tf.Scalar>(rate, recogniserRate), beta1: momentum });
                }
                average.update(decay);
                return { ...losses, painted };
              },
              signature: [luma, chroma, scalar, scalar, scalar],
            },
          }),
      ...(phase === 'generator'
        ? {}
        : {
            judge: {
              fn: (x: tf.Tensor4D, truth: tf.Tensor4D, painted: tf.Tensor4D, rate: tf.Scalar, momentum: tf.Scalar) => {
                const { losses, gradients } = judgeStep(networks, x, truth, painted);
                critic.apply(gradients, { rate, beta1: momentum });
                return losses;
              },
              signature: [luma, chroma, chroma, scalar, scalar],
            },
          }),
    };
    const program = await compileProgram(functions as Record<string, TracedFunction>, {
      variables: Object.values(groups).flat(),
      precision,
    });
    return { ...stepOver(program, { phase, batch, size }), ...program };
  };

  return {
    generator: painter,
    generatorConfig: config,
    average,
    groups,
    back: undefined,
    beginStage: () => {
      zero([...paint.variables, ...recognise.variables, ...critic.variables]);
    },
    compile,
    keepsake: () => ({}),
    restoreKeepsake: () => undefined,
    dispose: () => {
      tf.dispose([...paint.variables, ...recognise.variables, ...critic.variables]);
      average.dispose();
      painter.dispose();
      judge.dispose();
    },
  };
}

type Scalars = Record<string, tf.Scalar>;

/** One call for the generator, one for the discriminator on what it painted. */
function stepOver({ functions }: CompiledProgram, { phase, batch, size }: StepShape): Pick<StepProgram, 'step'> {
  const step = (luma: Float32Array, truth: Float32Array, settings: StepSettings): StepLosses => {
    const { generatorRate, discriminatorRate, momentum, discriminatorMomentum = momentum, averageDecay } = settings;
    const x = tf.tensor4d(luma, [batch, size, size, 1]);
    const y = tf.tensor4d(truth, [batch, size, size, 2]);
    const first = functions['painter']!(
      ...(phase === 'critic' ? [x] : [x, y, tf.scalar(generatorRate), tf.scalar(momentum), tf.scalar(averageDecay)]),
    ) as Scalars & { painted: tf.Tensor4D };
    const { painted, ...losses } = first;
    if (phase === 'generator') return readLosses(losses);
    const second = functions['judge']!(
      x,
      y,
      painted,
      tf.scalar(discriminatorRate),
      tf.scalar(discriminatorMomentum),
    ) as Scalars;
    return readLosses({ ...losses, ...second });
  };
  return {
    step: ({ luma, chroma }, settings) => {
      if (luma === undefined || chroma === undefined) throw new TypeError('A chroma step needs luma and chroma.');
      return Promise.resolve(lossesOf(() => step(luma, chroma, settings)));
    },
  };
}
