import type { RunPlan } from '../run/training-run.js';

/** Seconds to go. */
export interface Eta {
  readonly stage: number;
  readonly run: number;
}

/** How much the newest step counts in the moving mean of seconds a step. */
const NEWEST = 0.02;

/**
 * Estimates the time to go from a moving mean of seconds a step. Steps of later stages are counted by their pixels: a
 * picture of twice the side takes four times as long, and a batch of two twice as long.
 */
export class EtaEstimate {
  private stage = -1;
  private perStep: number | undefined;
  private before: number | undefined;

  constructor(private readonly stages: RunPlan['stages']) {}

  /**
   * @param stage counted from 0
   * @param stageStep steps of this stage that are done
   * @param now seconds on any clock
   */
  update(stage: number, stageStep: number, now: number): Eta | undefined {
    if (stage !== this.stage) {
      // The first step of a stage includes its compilation: it says nothing.
      this.stage = stage;
      this.perStep = undefined;
      this.before = undefined;
    }
    const took = this.before === undefined ? undefined : now - this.before;
    this.before = now;
    if (took === undefined) return undefined;
    this.perStep = this.perStep === undefined ? took : this.perStep + NEWEST * (took - this.perStep);
    const here = this.stages[stage]!;
    const left = (here.steps - stageStep) * this.perStep;
    const perPixel = this.perStep / pixels(here);
    const later = this.stages.slice(stage + 1).reduce((sum, next) => sum + next.steps * perPixel * pixels(next), 0);
    return { stage: left, run: left + later };
  }
}

const pixels = ({ size, batch }: RunPlan['stages'][number]): number => size * size * batch;
