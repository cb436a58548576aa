import { SingleBar } from 'cli-progress';
import type { RunPlan, RunProgress } from '../run/run-options.js';
import { EtaEstimate, type Eta } from './eta.js';

/** Seconds between the lines of a log. */
const LINE_EVERY = 30;

export interface TrainingProgressOptions {
  readonly out: NodeJS.WriteStream;
  /** Nothing but what is told. */
  readonly quiet: boolean;
}

/** Where a run is: a bar on a terminal, a line now and then in a log. */
export class TrainingProgress {
  private readonly bar: SingleBar | undefined;
  private plan: RunPlan = { stages: [], done: 0 };
  private eta = new EtaEstimate([]);
  private running = false;
  private lineAt = -Infinity;

  constructor(private readonly options: TrainingProgressOptions) {
    const { out, quiet } = options;
    if (quiet || !out.isTTY) return;
    this.bar = new SingleBar({
      format:
        'stage {stage} epoch {epoch} {bar} {percentage}% | loss {loss} | stage {stageLeft}, run {runLeft} to go | {speed}',
      hideCursor: true,
      clearOnComplete: true,
      noTTYOutput: false,
      stream: out,
      barsize: 20,
    });
  }

  begin(plan: RunPlan): void {
    this.plan = plan;
    this.eta = new EtaEstimate(plan.stages);
    this.running = true;
    this.bar?.start(steps(plan), plan.done, { stage: '-', epoch: '-', loss: '-', speed: pace(undefined), stageLeft: clock(undefined), runLeft: clock(undefined) }); // prettier-ignore
  }

  update({ stage, epoch, step, stageStep, losses }: RunProgress): void {
    if (!this.running) return;
    const now = performance.now() / 1000;
    const eta = this.eta.update(stage, stageStep, now);
    const { stages } = this.plan;
    const shown = {
      stage: `${stage + 1}/${stages.length}`,
      epoch: `${epoch + 1}/${stages[stage]!.epochs}`,
      speed: pace(this.eta.picturesPerSecond),
      loss: Object.entries(losses).filter(([name]) => /^(generator|discriminator)/.test(name)).map(([, loss]) => loss.toFixed(4)).join(' '), // prettier-ignore
    };
    this.bar?.update(step, { ...shown, ...left(eta) });
    if (this.bar !== undefined || this.options.quiet || now - this.lineAt < LINE_EVERY) return;
    // A stage's first step knows no speed yet: the next one's line says more. The very first shows that it works.
    if (eta === undefined && this.lineAt > -Infinity) return;
    this.lineAt = now;
    const { stageLeft, runLeft } = left(eta);
    this.write(`stage ${shown.stage} epoch ${shown.epoch} step ${step}/${steps(this.plan)} loss ${shown.loss}; ${shown.speed}; stage ${stageLeft}, run ${runLeft} to go`); // prettier-ignore
  }

  /** A line for a person, above the bar. */
  tell(line: string): void {
    // The bar is drawn again below the line.
    if (this.bar !== undefined && this.running) this.options.out.write('\r\u001B[K');
    this.write(line);
  }

  /** Idempotent. */
  end(): void {
    if (this.running) this.bar?.stop();
    this.running = false;
  }

  private write(line: string): void {
    this.options.out.write(`${line}\n`);
  }
}

const steps = ({ stages }: RunPlan): number => stages.reduce((sum, stage) => sum + stage.steps, 0);

const left = (eta: Eta | undefined): { stageLeft: string; runLeft: string } => ({
  stageLeft: clock(eta?.stage),
  runLeft: clock(eta?.run),
});

/** 12.34 → `12.3 pictures/s`. */
function pace(perSecond: number | undefined): string {
  if (perSecond === undefined) return '- pictures/s';
  return `${perSecond < 100 ? perSecond.toPrecision(3) : Math.round(perSecond)} pictures/s`;
}

/** 75 → `1:15`, 3700 → `1:01:40`. */
function clock(seconds: number | undefined): string {
  if (seconds === undefined) return '-:--';
  const whole = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
