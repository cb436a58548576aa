import type { GeneratorConfig } from '@kinemacolor/models';
import type * as tf from '@tensorflow/tfjs';
import type { WeightAverage } from '../weight-average.js';
import type { StepProgram, StepShape } from './step-program.js';

/** The networks of a run with all that training changes: what a stage compiles a step over, and a checkpoint holds. */
export interface Learner {
  /** Black-and-white → colour: the network that is validated and shipped. */
  readonly generator: tf.LayersModel;
  readonly generatorConfig: GeneratorConfig;
  /** The averaged weights of `generator`: what is validated and shipped. */
  readonly average: WeightAverage;
  /** Every variable by group, in a fixed order. */
  readonly groups: Readonly<Record<string, readonly tf.Variable[]>>;
  /** Colour → black-and-white, where there is such a network: for the column of cycled samples. */
  readonly back: tf.LayersModel | undefined;
  /** Forgets the optimisers' moments and the pools' pictures: each stage begins with fresh ones. */
  readonly beginStage: () => void;
  readonly compile: (shape: StepShape) => Promise<StepProgram>;
  /** What else a resume needs, besides the variables: the pictures of the image pools. */
  readonly keepsake: () => Readonly<Record<string, readonly Float32Array[]>>;
  readonly restoreKeepsake: (kept: Readonly<Record<string, readonly Float32Array[]>>) => void;
  readonly dispose: () => void;
}
