import { compileProgram, type CompiledProgram, type Precision, type TracedFunction } from '@kinemacolor/compile';
import * as tf from '@tensorflow/tfjs';
import { cycleNetworks, type CycleNetworksConfig } from '../networks/cycle-networks.js';
import { run } from '../networks/variables-of.js';
import { ImagePool, type ImagePoolOptions } from '../pool/image-pool.js';
import { WeightAverage } from '../weight-average.js';
import { discriminatorsStep, generatorsStep, type CycleLossWeights } from './cycle-step.js';
import type { Learner } from './learner.js';
import { lossesOf, readLosses, type StepLosses } from './losses-record.js';
import { optimiserFor, type OptimiserChoice } from './optimiser-choice.js';
import type { Perception } from './perception.js';
import type { StepProgram, StepSettings, StepShape } from './step-program.js';
import { zero } from './zero.js';

export interface CycleLearnerOptions {
  readonly shape: CycleNetworksConfig;
  readonly seed: number;
  readonly weights: CycleLossWeights;
  readonly perception: Perception | undefined;
  readonly optimiser: OptimiserChoice;
  /** Painted pictures that the discriminators remember of each kind; 0: they see the newest only, as in the seed. */
  readonly pool: number;
  readonly precision: Precision;
}

/**
 * The CycleGAN with three optimisers, as the seed has it: one over both generators, one for each discriminator. Needs
 * the backend.
 */
export function cycleLearner(options: CycleLearnerOptions): Learner {
  const { shape, seed, weights, perception, optimiser, pool, precision } = options;
  const networks = cycleNetworks(shape, seed);
  const { toColour, toGrey, judgeColour, judgeGrey } = networks;
  const paint = optimiserFor(optimiser, networks.generatorWeights);
  const [criticColour, criticGrey] = [
    optimiserFor(optimiser, networks.judgeColourWeights),
    optimiserFor(optimiser, networks.judgeGreyWeights),
  ];
  const average = new WeightAverage(toColour.trainableWeights);
  const groups = {
    generators: networks.generatorWeights,
    discriminatorColour: networks.judgeColourWeights,
    discriminatorGrey: networks.judgeGreyWeights,
    generatorsOptimiser: paint.variables,
    discriminatorColourOptimiser: criticColour.variables,
    discriminatorGreyOptimiser: criticGrey.variables,
    average: average.values(),
  };
  let pools = poolsOf({ capacity: pool, seed });

  const generators =
    (weighed: CycleLossWeights) =>
    (grey: tf.Tensor4D, colour: tf.Tensor4D, rate: tf.Scalar, momentum: tf.Scalar, decay: tf.Scalar) => {
      const made = generatorsStep(networks, weighed, perception, grey, colour);
      paint.apply(made.gradients, { rate, beta1: momentum });
      average.update(decay);
      return { ...made.losses, fakeColour: made.fakeColour, fakeGrey: made.fakeGrey };
    };
  const painted = (grey: tf.Tensor4D, colour: tf.Tensor4D): Record<string, tf.Tensor> => ({
    fakeColour: run(toColour, grey),
    fakeGrey: run(toGrey, colour),
  });
  const discriminators = (
    grey: tf.Tensor4D,
    colour: tf.Tensor4D,
    fakeGrey: tf.Tensor4D,
    fakeColour: tf.Tensor4D,
    rate: tf.Scalar,
    momentum: tf.Scalar,
  ): Record<string, tf.Scalar> => {
    const { losses, gradients } = discriminatorsStep(
      networks,
      { grey, colour },
      { grey: fakeGrey, colour: fakeColour },
    );
    criticColour.apply(gradients, { rate, beta1: momentum });
    criticGrey.apply(gradients, { rate, beta1: momentum });
    return losses;
  };

  const both = (
    grey: tf.Tensor4D,
    colour: tf.Tensor4D,
    rate: tf.Scalar,
    momentum: tf.Scalar,
    decay: tf.Scalar,
    criticRate: tf.Scalar,
    criticMomentum: tf.Scalar,
  ): Record<string, tf.Scalar> => {
    const { fakeColour, fakeGrey, ...losses } = generators(weights)(grey, colour, rate, momentum, decay);
    return { ...losses, ...discriminators(grey, colour, fakeGrey, fakeColour, criticRate, criticMomentum) };
  };

  /** What the phase needs, as functions to be traced. */
  const functionsFor = ({ phase, batch, size }: StepShape): Record<string, object> => {
    const [picture, scalar] = [{ shape: [batch, size, size, 3] }, { shape: [] }];
    const [pictures, schedule] = [
      [picture, picture],
      [scalar, scalar, scalar],
    ];
    if (phase === 'generator') {
      return { generators: { fn: generators({ ...weights, adversarial: 0 }), signature: [...pictures, ...schedule] } };
    }
    const judged = { fn: discriminators, signature: [...pictures, ...pictures, scalar, scalar] };
    if (phase === 'critic') return { generators: { fn: painted, signature: pictures }, discriminators: judged };
    // Without a pool nothing leaves the graph in between, and what the discriminators see in the painted pictures, which the
    // generators' losses need, is computed once for both.
    if (pool === 0) return { both: { fn: both, signature: [...pictures, ...schedule, scalar, scalar] } };
    const first = { fn: generators(weights), signature: [...pictures, ...schedule] };
    return { generators: first, discriminators: judged };
  };

  const compile = async (step: StepShape): Promise<StepProgram> => {
    const program = await compileProgram(functionsFor(step) as Record<string, TracedFunction>, {
      variables: Object.values(groups).flat(),
      precision,
    });
    return { ...program, ...stepOver(program, step, pool, () => pools) };
  };

  return {
    generator: toColour,
    generatorConfig: networks.config,
    average,
    groups,
    back: toGrey,
    beginStage: () => {
      zero([paint, criticColour, criticGrey].flatMap(({ variables }) => variables));
      pools = poolsOf({ capacity: pool, seed });
    },
    compile,
    keepsake: () => ({ poolColour: pools.colour.state().pictures, poolGrey: pools.grey.state().pictures }),
    restoreKeepsake: ({ poolColour = [], poolGrey = [] }) => {
      pools = poolsOf({ capacity: pool, seed }, { colour: poolColour, grey: poolGrey });
    },
    dispose: () => {
      tf.dispose([paint, criticColour, criticGrey].flatMap(({ variables }) => variables));
      average.dispose();
      for (const model of [toColour, toGrey, judgeColour, judgeGrey]) model.dispose();
    },
  };
}

type Scalars = Record<string, tf.Scalar>;
type Painted = Record<'fakeColour' | 'fakeGrey', tf.Tensor4D>;

interface Pools {
  readonly colour: ImagePool;
  readonly grey: ImagePool;
}

function poolsOf(
  options: Omit<ImagePoolOptions, 'stream'>,
  pictures: Readonly<Record<keyof Pools, readonly Float32Array[]>> = { colour: [], grey: [] },
): Pools {
  return {
    colour: new ImagePool({ ...options, stream: 1 }, { pictures: pictures.colour }),
    grey: new ImagePool({ ...options, stream: 2 }, { pictures: pictures.grey }),
  };
}

/** The generators first, then the discriminators on what they painted, in one call, or on what the pools remember of it. */
function stepOver(
  { functions }: CompiledProgram,
  { phase, batch, size }: StepShape,
  capacity: number,
  pools: () => Pools,
): Pick<StepProgram, 'step'> {
  // What a discriminator is shown: the newest pictures, or what the pool makes of them.
  const shown = (kind: keyof Pools, painted: tf.Tensor4D, step: number): tf.Tensor4D => {
    if (capacity === 0) return painted;
    const remembered = pools()[kind].query(painted.dataSync<'float32'>(), batch, step);
    return tf.tensor4d(remembered, painted.shape);
  };
  const step = (a: Float32Array, b: Float32Array, settings: StepSettings): StepLosses => {
    const { generatorRate, discriminatorRate, momentum, discriminatorMomentum = momentum, averageDecay } = settings;
    const [grey, colour] = [tf.tensor4d(a, [batch, size, size, 3]), tf.tensor4d(b, [batch, size, size, 3])];
    const schedule = [tf.scalar(generatorRate), tf.scalar(momentum), tf.scalar(averageDecay)];
    const judges = [tf.scalar(discriminatorRate), tf.scalar(discriminatorMomentum)];
    if (functions['both']) return readLosses(functions['both'](grey, colour, ...schedule, ...judges) as Scalars);
    const { fakeColour, fakeGrey, ...losses } = functions['generators']!(
      grey,
      colour,
      ...(phase === 'critic' ? [] : schedule),
    ) as Scalars & Painted;
    if (phase === 'generator') return readLosses(losses);
    const judged = functions['discriminators']!(
      grey,
      colour,
      shown('grey', fakeGrey, settings.step),
      shown('colour', fakeColour, settings.step),
      ...judges,
    ) as Scalars;
    return readLosses({ ...losses, ...judged });
  };
  return {
    step: ({ a, b }, settings) => {
      if (a === undefined || b === undefined) throw new TypeError('A CycleGAN step needs pictures of both kinds.');
      return Promise.resolve(lossesOf(() => step(a, b, settings)));
    },
  };
}
