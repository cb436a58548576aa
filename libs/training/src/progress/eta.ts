import type { RunPlan } from '../run/run-options.js';

/** Seconds to go. */
export interface Eta {
  readonly stage: number;
  readonly run: number;
}

/** How much the newest step counts in the moving mean of seconds a step. */
const NEWEST = 0.02;
/** A step that takes this many times the mean had something else in it: a validation, a checkpoint, a report. */
const PAUSE_FROM = 5;

/**
 * Estimates the time to go from a moving mean of seconds a step. Steps of later stages are counted by their pixels: a
 * picture of twice the side takes four times as long, and a batch of two twice as long. What comes once an epoch is
 * counted by epochs, so that the estimate does not leap after each validation.
 */
export class EtaEstimate {
  private stage = -1;
  private perStep: number | undefined;
  private before: number | undefined;
  /** Steps of this stage that were timed, and seconds that went into pauses between them. */
  private timed = 0;
  private paused = 0;

  constructor(private readonly stages: RunPlan['stages']) {}

  /** Pictures a second, by the same mean, without pauses; undefined until a second step of the stage is done. */
  get picturesPerSecond(): number | undefined {
    return this.perStep === undefined ? undefined : this.stages[this.stage]!.batch / Math.max(this.perStep, 1e-9);
  }

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
      this.timed = 0;
      this.paused = 0;
    }
    const took = this.before === undefined ? undefined : now - this.before;
    this.before = now;
    if (took === undefined) return undefined;
    this.timed += 1;
    this.perStep ??= took;
    if (took > PAUSE_FROM * this.perStep) this.paused += took - this.perStep;
    else this.perStep += NEWEST * (took - this.perStep);

    const here = this.stages[stage]!;
    const stepsLeft = here.steps - stageStep;
    const perEpoch = this.paused / Math.max(1, (this.timed * here.epochs) / here.steps);
    const left = stepsLeft * this.perStep + (stepsLeft / here.steps) * here.epochs * perEpoch;
    const perPixel = this.perStep / pixels(here);
    const later = this.stages
      .slice(stage + 1)
      .reduce((sum, next) => sum + next.steps * perPixel * pixels(next) + next.epochs * perEpoch, 0);
    return { stage: left, run: left + later };
  }
}

const pixels = ({ size, batch }: RunPlan['stages'][number]): number => size * size * batch;
