import path from 'node:path';
import {
  CheckpointStore,
  type Checkpoint,
  type CheckpointState,
  type Position,
} from '../checkpoint/checkpoint-store.js';
import type { StageConfig, TrainingConfig } from '../config/schema.js';
import { TrainingError } from '../config/training-error.js';
import type { Batch, StageView, TrainingData } from '../data/index.js';
import { writeReport } from '../report/write-report.js';
import type { Learner } from '../steps/learner.js';
import type { StepLosses } from '../steps/losses-record.js';
import type { StepProgram, StepSettings } from '../steps/step-program.js';
import { configHash } from './config-hash.js';
import { exportGenerator } from './export-generator.js';
import type { RunLock } from './lock/run-lock.js';
import { LossMeans } from './loss-means.js';
import { firstStageOf } from './first-stage.js';
import { differences, runBasis } from './run-basis.js';
import type { RunLog } from './run-log.js';
import type { RunPlan, TrainedResult, TrainOptions } from './run-options.js';
import { restoreState, stateOf } from './saved-state.js';
import { stageSettings } from './stage-settings.js';
import { Throughput } from './throughput.js';
import type { ValidationRounds } from './validation-rounds.js';

interface Parts {
  readonly data: TrainingData;
  readonly learner: Learner;
  readonly log: RunLog;
  readonly lock: RunLock;
}

/** Where a run stopped, for its log. */
export interface Resumed {
  /** Undefined when it begins. */
  readonly step: number | undefined;
  /** Checkpoints that were passed over, and why. */
  readonly damaged: readonly string[];
}

/** Differences that a line has room for. */
const MOST_TOLD = 5;

const now = (): number => performance.now() / 1000;

/** One run of the command: stages, their epochs, their steps. */
export class Session {
  private readonly store: CheckpointStore;
  private readonly means = new LossMeans();
  private readonly throughput = new Throughput();
  private at: Position = { step: 0, stage: 0, epoch: 0, batch: 0 };
  private savedAt: Position | undefined;
  private bestScore: number | null = null;
  /** What the best score was measured with; undefined before the first, and of older runs. */
  private judgedBy: string | undefined;
  private rounds: ValidationRounds | undefined;
  /** Stage that the run began with: those before it are no part of it. */
  private began = 0;

  constructor(
    private readonly config: TrainingConfig,
    private readonly options: TrainOptions,
    private readonly parts: Parts,
  ) {
    this.store = new CheckpointStore(path.join(config.run, 'checkpoints'), config.checkpoint.keep);
  }

  /** Goes to where an earlier run stopped. @throws TrainingError `NO_CHECKPOINT`, `BAD_RUN` */
  async resume(): Promise<Resumed> {
    const { config, parts } = this;
    const damaged: string[] = [];
    const kept = await this.store.newest((folder, reason) => {
      damaged.push(`passed over the checkpoint ${folder}: ${reason}`);
    });
    if (kept === undefined) {
      if (damaged.length === 0) return { step: undefined, damaged };
      const why = `${config.run} has no checkpoint that is whole (${damaged.join('; ')}): delete the folder to begin anew.`;
      throw new TrainingError('NO_CHECKPOINT', why);
    }
    this.checkBasis(kept);
    const first = firstStageOf(kept.position, this.planned());
    if (first === undefined) {
      const where = `${path.join(config.run, 'checkpoints')}: the newest one that is whole`;
      throw new TrainingError('BAD_RUN', `${where} says stage ${kept.position.stage + 1}, epoch ${kept.position.epoch + 1}, batch ${kept.position.batch}, step ${kept.position.step}, where no run with these settings comes: it was changed. Delete it to go on from the one before it.`); // prettier-ignore
    }
    this.began = first;
    restoreState(parts.learner, kept.groups);
    this.at = kept.position;
    this.savedAt = this.at;
    this.bestScore = kept.bestScore;
    this.judgedBy = kept.judgedBy;
    this.options.tell(`goes on at step ${this.at.step}`);
    return { step: this.at.step, damaged };
  }

  /** @throws TrainingError `BAD_RUN` that tells what differs */
  private checkBasis({ basis, position }: Checkpoint): void {
    const { config, parts } = this;
    const begun = stagesBegun(position);
    if (typeof basis === 'string' && basis === configHash(config, begun)) return;
    const differing = typeof basis === 'string' ? ['see config.json there'] : differences(basis, runBasis(config, begun, parts.data.drawn)); // prettier-ignore
    if (differing.length === 0) return;
    const more = differing.length > MOST_TOLD ? `; ${differing.length - MOST_TOLD} more` : '';
    throw new TrainingError(
      'BAD_RUN',
      `${config.run} holds a run with other settings or pictures (${differing.slice(0, MOST_TOLD).join('; ')}${more}): give another folder (-o DIR), or delete it.`,
    );
  }

  /**
   * @throws TrainingError `BAD_RUN` when a stage before the first one that is wanted was not trained, or the lock was lost;
   * `BAD_DATA` when too many pictures have vanished; `DIVERGED`; `WRITE_FAILED`
   */
  async run(rounds: ValidationRounds | undefined): Promise<TrainedResult> {
    const { config, options, parts } = this;
    this.rounds = rounds;
    await this.checkJudge();
    const { last } = options.stages;
    this.goToFirstStage();
    options.planned?.({ stages: this.planned().map((stage, i) => (i < this.began ? { ...stage, steps: 0 } : stage)), done: this.at.step }); // prettier-ignore
    while (this.at.stage <= last && !options.signal.aborted) await this.stage(config.stages[this.at.stage]!);
    const finished = this.at.stage > last;
    await parts.log.write({ kind: 'end', state: finished ? 'finished' : 'stopped' });
    const report = await writeReport(config.run);
    return { finished, steps: this.at.step, bestScore: this.bestScore, report };
  }

  /** Scores of other pictures, or of pictures seen otherwise, cannot be compared: the best is then chosen anew. */
  private async checkJudge(): Promise<void> {
    const now = this.rounds?.judgedBy;
    if (now !== undefined && this.judgedBy !== undefined && now !== this.judgedBy && this.bestScore !== null) {
      const text = 'what the model is validated with has changed: scores so far do not count, and the best model is chosen anew'; // prettier-ignore
      this.options.tell(text);
      await this.parts.log.write({ kind: 'note', text });
      this.bestScore = null;
    }
    this.judgedBy = now ?? this.judgedBy;
  }

  /** @throws TrainingError `BAD_RUN` when a stage is wanted that cannot be trained now */
  private goToFirstStage(): void {
    const { config, options, began } = this;
    const { first, last } = options.stages;
    if (last < began) {
      throw new TrainingError('BAD_RUN', `${config.run} holds a run that began with stage ${began + 1}: what comes before is no part of it. Give another folder (-o DIR) to train stage ${last + 1}.`); // prettier-ignore
    }
    if (this.at.stage < first) {
      const begins = this.at.step === 0 && this.savedAt === undefined;
      if (!begins) throw new TrainingError('BAD_RUN', `Stage ${this.at.stage + 1} is not done yet: begin with it.`);
      // From random weights it would be another training than the config says.
      if (config.networks.from === undefined) {
        throw new TrainingError('BAD_RUN', `Stage ${first + 1} goes on from the stages before it, and stage 1 is not trained yet: train it first (--stages 1), or name a model to begin with: networks.from.`); // prettier-ignore
      }
      this.at = { ...this.at, stage: first };
      this.began = first;
    }
    if (first < this.began) options.tell(`the run began with stage ${this.began + 1}, from networks.from: stages before it are no part of it`); // prettier-ignore
    if (this.at.stage > last) options.tell(first === last ? `stage ${first + 1} is trained already` : `stages ${first + 1} to ${last + 1} are trained already`); // prettier-ignore
  }

  private planned(): RunPlan['stages'] {
    return this.config.stages.map((stage) => this.planOf(stage));
  }

  private planOf({ size, batch, epochs, picturesPerEpoch }: StageConfig): RunPlan['stages'][number] {
    const steps = epochs * this.parts.data.batchesPerEpoch({ size, batch, picturesPerEpoch });
    return { size, batch, epochs, steps };
  }

  private async stage(stage: StageConfig): Promise<void> {
    const { learner, data } = this.parts;
    const { size, batch, phase, picturesPerEpoch } = stage;
    const view = { size, batch, picturesPerEpoch };
    const perEpoch = data.batchesPerEpoch(view);
    if (this.at.epoch === 0 && this.at.batch === 0) learner.beginStage();
    const program = await learner.compile({ phase, batch, size });
    try {
      const number = this.at.stage;
      while (this.at.stage === number) {
        await this.epoch(stage, view, program, perEpoch);
        if (this.at.batch < perEpoch) {
          await this.save(program);
          return;
        }
        if (!(await this.endOfEpoch(stage, program))) return;
      }
    } finally {
      program.dispose();
    }
  }

  /** To the end of the epoch, or until it is told to stop. */
  private async epoch(stage: StageConfig, view: StageView, program: StepProgram, perEpoch: number): Promise<void> {
    const { signal } = this.options;
    const { every } = this.config.checkpoint;
    const batches = this.parts.data.batches(view, this.at.stage, this.at.epoch, this.at.batch, signal);
    this.throughput.begin(now());
    try {
      for await (const batch of batches) {
        const settings = await this.step(stage, program, batch, perEpoch);
        await this.noteLost();
        this.throughput.done(view.batch, now());
        if (this.at.step % this.config.logEvery === 0) await this.logSteps(stage, settings);
        if (this.at.step % every === 0 && this.at.batch < perEpoch) await this.save(program);
        // Lets signals in: the native engine holds the thread during a step.
        await new Promise(setImmediate);
        if (signal.aborted) return;
        this.throughput.begin(now());
      }
    } catch (error) {
      // What was learnt before the pictures went is kept.
      if (error instanceof TrainingError && error.code === 'BAD_DATA') await this.save(program);
      throw error;
    }
  }

  private async noteLost(): Promise<void> {
    for (const { name, reason } of this.parts.data.takeLost()) {
      const text = `the training picture ${name} cannot be read any more, and is left out: ${reason}`;
      this.options.tell(text);
      await this.parts.log.write({ kind: 'note', text });
    }
  }

  private async step(stage: StageConfig, program: StepProgram, batch: Batch, perEpoch: number): Promise<StepSettings> {
    const stageStep = this.at.epoch * perEpoch + this.at.batch;
    const place = { step: this.at.step, stageStep, total: perEpoch * stage.epochs };
    const settings = stageSettings(stage, this.config, place);
    const losses = await program.step(batch, settings);
    this.at = { ...this.at, step: this.at.step + 1, batch: this.at.batch + 1 };
    const { stage: number, epoch, step } = this.at;
    this.means.add(this.checked(losses));
    this.options.progress?.({ stage: number, epoch, step, stageStep: stageStep + 1, losses });
    return settings;
  }

  /** @throws TrainingError `DIVERGED` */
  private checked(losses: StepLosses): StepLosses {
    const wrong = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
    if (wrong === undefined) return losses;
    const { config, at, bestScore } = this;
    const model = path.join(config.run, 'best');
    const begin = bestScore === null ? '' : `, which may begin with the best model of this one (networks.from: ${JSON.stringify(model)})`; // prettier-ignore
    throw new TrainingError(
      'DIVERGED',
      `The loss "${wrong[0]}" is ${wrong[1]} at step ${at.step}, and would be again: most often the learning rate is too high, or the feature weights are no good. Lower the rate in a new run (-o DIR)${begin}.`,
    );
  }

  private async logSteps({ size, phase }: StageConfig, settings: StepSettings): Promise<void> {
    const { stage, epoch, step } = this.at;
    const rates = { generator: settings.generatorRate, discriminator: settings.discriminatorRate };
    const picturesPerSecond = this.throughput.take();
    await this.parts.log.write({ kind: 'steps', stage, size, epoch, step, phase, losses: this.means.take(), rates, picturesPerSecond }); // prettier-ignore
  }

  /**
   * Validation first, then a checkpoint that knows the new best score: a kill between them repeats the validation. So does
   * a stop while pictures are measured: the checkpoint then stands at the end of the epoch, and not behind it.
   * @returns false when it was stopped
   */
  private async endOfEpoch({ phase, epochs }: StageConfig, program: StepProgram): Promise<boolean> {
    const { config, rounds, options } = this;
    const { learner, lock } = this.parts;
    await lock.check();
    program.readVariables();
    try {
      await learner.average.within(async () => {
        // A critic's phase leaves the generator as it is.
        if (rounds !== undefined && phase !== 'critic') {
          this.bestScore = await rounds.round(this.at, this.bestScore, options.signal);
        }
        await exportGenerator(learner, config, path.join(config.run, 'last'));
      });
    } catch (error) {
      if (!options.signal.aborted || error !== options.signal.reason) throw error;
      if (this.savedAt !== this.at) await this.writeCheckpoint();
      return false;
    }
    const { stage, epoch, step } = this.at;
    const next = epoch + 1 < epochs ? { stage, epoch: epoch + 1 } : { stage: stage + 1, epoch: 0 };
    this.at = { ...next, step, batch: 0 };
    await this.writeCheckpoint();
    await writeReport(config.run);
    options.tell(`stage ${stage + 1}, epoch ${epoch + 1} of ${epochs} done (step ${step})`);
    return true;
  }

  /** Nothing to do where the checkpoint of this very step was written already. */
  private async save(program: StepProgram): Promise<void> {
    if (this.savedAt === this.at) return;
    program.readVariables();
    await this.writeCheckpoint();
  }

  /** The variables must hold what the graph has. */
  private async writeCheckpoint(): Promise<void> {
    await this.parts.lock.check();
    await this.store.save(this.state(), await stateOf(this.parts.learner));
    this.savedAt = this.at;
  }

  private state(): CheckpointState {
    const basis = runBasis(this.config, stagesBegun(this.at), this.parts.data.drawn);
    return { basis, position: this.at, bestScore: this.bestScore, judgedBy: this.judgedBy };
  }
}

/** Stages that a run depends on so far: those after them may still be changed. */
const stagesBegun = ({ stage, epoch, batch }: Position): number => stage + (epoch > 0 || batch > 0 ? 1 : 0);
