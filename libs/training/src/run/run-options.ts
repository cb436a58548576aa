import type { StepLosses } from '../steps/losses-record.js';
import type { StageRange } from './stage-range.js';

/** What a person who waits wants to know, after each step. */
export interface RunProgress {
  readonly stage: number;
  readonly epoch: number;
  /** Steps of the run so far, and of this stage so far. */
  readonly step: number;
  readonly stageStep: number;
  readonly losses: StepLosses;
}

/** Told once, before the first step. */
export interface RunPlan {
  readonly stages: readonly {
    readonly size: number;
    readonly batch: number;
    readonly epochs: number;
    readonly steps: number;
  }[];
  /** Steps that an earlier run has done. */
  readonly done: number;
}

export interface TrainOptions {
  readonly signal: AbortSignal;
  readonly stages: StageRange;
  /** A line for a person. */
  readonly tell: (line: string) => void;
  readonly planned?: (plan: RunPlan) => void;
  readonly progress?: (progress: RunProgress) => void;
}

export type RunResult = TrainedResult | UntrainedResult;

export interface TrainedResult {
  /** False when the signal ended it: the same command goes on from there. */
  readonly finished: boolean;
  readonly steps: number;
  readonly bestScore: number | null;
  readonly report: string;
}

/** The signal came before the first step. */
export interface UntrainedResult {
  readonly finished: false;
  readonly steps?: undefined;
}
