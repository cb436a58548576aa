import type { Batch } from '../data/index.js';
import type { StepLosses } from './losses-record.js';

/** `generator`: its own losses only. `critic`: the discriminators only. `adversarial`: both, the generator first. */
export const PHASES = ['generator', 'critic', 'adversarial'] as const;
export type Phase = (typeof PHASES)[number];

/** What one stage's graph is made for. */
export interface StepShape {
  readonly phase: Phase;
  readonly batch: number;
  /** Side of the square pictures, pixels. */
  readonly size: number;
}

/** What changes from step to step. */
export interface StepSettings {
  readonly generatorRate: number;
  readonly discriminatorRate: number;
  /** The generators' first moment of Adam and LAMB; 1cycle moves it. */
  readonly momentum: number;
  /** The discriminators'; default: as the generators. */
  readonly discriminatorMomentum?: number;
  /** Of the average of the weights. */
  readonly averageDecay: number;
  /** Steps of the whole run so far: what random decisions of this step are drawn from. */
  readonly step: number;
}

/** The compiled step of one stage. Its graph holds the values of the variables until they are read back. */
export interface StepProgram {
  readonly step: (batch: Batch, settings: StepSettings) => Promise<StepLosses>;
  /** Gives the tf.Variables the values that the graph has now. */
  readonly readVariables: () => void;
  readonly dispose: () => void;
}
