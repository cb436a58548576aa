import type { StepsEntry } from './log-entry.js';

/** What was done in one stage. */
export interface StageSummary {
  readonly stage: number;
  /** Pixels a side. */
  readonly size: number;
  /** The stage's first logged line and its last. */
  readonly firstStep: number;
  readonly lastStep: number;
  readonly firstEpoch: number;
  readonly lastEpoch: number;
  /** Time between its lines, without the time between a kill and a resume. */
  readonly seconds: number;
  /** First steps of the phases in it, in order; a phase that comes again is listed again. */
  readonly phases: readonly { readonly phase: string; readonly step: number }[];
}

/** More changes of phase than a chart can mark. */
const MOST_PHASES = 40;

/** Gathers what was done in each stage, line by line. */
export class StageRecord {
  private readonly stages: { -readonly [K in keyof StageSummary]: StageSummary[K] }[] = [];
  private lastTime: number | undefined;

  get summaries(): readonly StageSummary[] {
    return this.stages;
  }

  /** The run began or went on: what lies between is no time of training. */
  interrupt(): void {
    this.lastTime = undefined;
  }

  add({ stage, size, step, epoch, phase, time }: StepsEntry): void {
    const now = Date.parse(time);
    const seconds = this.lastTime === undefined || Number.isNaN(now) ? 0 : Math.max(0, now - this.lastTime) / 1000;
    this.lastTime = Number.isNaN(now) ? undefined : now;
    const current = this.stages.at(-1);
    if (current?.stage !== stage) {
      const begun = { firstStep: step, lastStep: step, firstEpoch: epoch, lastEpoch: epoch, phases: [{ phase, step }] };
      this.stages.push({ stage, size, seconds, ...begun });
      return;
    }
    current.lastStep = step;
    current.lastEpoch = epoch;
    current.seconds += seconds;
    if (current.phases.at(-1)!.phase !== phase && current.phases.length < MOST_PHASES) {
      current.phases = [...current.phases, { phase, step }];
    }
  }
}
