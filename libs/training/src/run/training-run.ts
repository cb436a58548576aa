import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadBackend } from '@kinemacolor/tensor';
import { CheckpointStore, type Position } from '../checkpoint/checkpoint-store.js';
import type { StageConfig, TrainingConfig } from '../config/schema.js';
import { scheduleOf } from '../config/schedule-schema.js';
import { TrainingError } from '../config/training-error.js';
import { openData, type TrainingData } from '../data/index.js';
import { writeReport } from '../report/write-report.js';
import type { Learner } from '../steps/learner.js';
import type { StepLosses } from '../steps/losses-record.js';
import type { StepProgram, StepSettings } from '../steps/step-program.js';
import { heldOut, type HeldOut } from '../validation/held-out.js';
import { score } from '../validation/score.js';
import { Validator } from '../validation/validator.js';
import { averageDecay } from '../weight-average.js';
import { configHash } from './config-hash.js';
import { environmentOf } from './environment.js';
import { exportGenerator } from './export-generator.js';
import { LossMeans } from './loss-means.js';
import { openLearner } from './open-learner.js';
import { RunLog } from './run-log.js';
import { restoreState, stateOf } from './saved-state.js';
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

export interface RunResult {
  /** False when the signal ended it: the same command goes on from there. */
  readonly finished: boolean;
  readonly steps: number;
  readonly bestScore: number | null;
  readonly report: string;
}

/**
 * Trains by a config, stage by stage, or goes on where an earlier run in the same folder stopped, however it stopped.
 * @throws TrainingError; ModelError for feature weights; CompileError
 */
export async function train(config: TrainingConfig, options: TrainOptions): Promise<RunResult> {
  const engine = await loadBackend();
  const { run } = config;
  await mkdir(run, { recursive: true }).catch((error: unknown) => {
    throw new TrainingError('BAD_RUN', `The folder ${run} cannot be made: ${(error as Error).message}`, {
      cause: error,
    });
  });
  const log = new RunLog(run);
  const note = async (text: string): Promise<void> => {
    options.tell(text);
    await log.write({ kind: 'note', text });
  };
  const held = await heldOut(config);
  const data = await openData({ ...config.data, seed: config.seed, kind: config.networks.kind, exclude: held.taken });
  const { learner, dispose } = await openLearner(config, engine.device).catch(async (error: unknown) => {
    await data.close();
    throw error;
  });
  try {
    const session = new Session(config, options, { data, learner, log, note, held });
    return await session.run(engine);
  } finally {
    dispose();
    await data.close();
  }
}

interface Parts {
  readonly held: HeldOut;
  readonly data: TrainingData;
  readonly learner: Learner;
  readonly log: RunLog;
  readonly note: (text: string) => Promise<void>;
}

/** One run of the command. */
class Session {
  private readonly store: CheckpointStore;
  private readonly means = new LossMeans();
  private at: Position = { step: 0, stage: 0, epoch: 0, batch: 0 };
  private bestScore: number | null = null;
  private validator: Validator | undefined;

  constructor(
    private readonly config: TrainingConfig,
    private readonly options: TrainOptions,
    private readonly parts: Parts,
  ) {
    this.store = new CheckpointStore(path.join(config.run, 'checkpoints'), config.checkpoint.keep);
  }

  async run(engine: Awaited<ReturnType<typeof loadBackend>>): Promise<RunResult> {
    const { config, options, parts } = this;
    const resumed = await this.resume();
    await writeFile(path.join(config.run, 'config.json'), JSON.stringify(config, null, 2) + '\n');
    await parts.log.write({
      kind: 'run',
      name: config.name,
      config,
      environment: environmentOf(config, engine),
      ...(resumed ? { resumedAt: this.at.step } : {}),
    });
    for (const [reason, names] of byReason(parts.data.skipped)) {
      options.tell(`${names.length} pictures skipped: ${reason} (named in the log)`);
      await parts.log.write({ kind: 'note', text: `${names.length} pictures skipped: ${reason}: ${names.join(', ')}` });
    }
    if (parts.held.files.length > 0) {
      this.validator = await Validator.open(config.validation, config.data, parts.held.files);
    } else await parts.note('Too few pictures to hold any out: the run is not validated.');
    const { first, last } = options.stages;
    if (this.at.stage < first) {
      if (this.at.step > 0)
        throw new TrainingError('BAD_RUN', `Stage ${this.at.stage + 1} is not done yet: begin with it.`);
      this.at = { ...this.at, stage: first };
    }
    options.planned?.({ stages: config.stages.map((stage) => this.planOf(stage)), done: this.at.step });
    while (this.at.stage <= last && !options.signal.aborted) await this.stage(config.stages[this.at.stage]!);
    const finished = this.at.stage > last;
    await parts.log.write({ kind: 'end', state: finished ? 'finished' : 'stopped' });
    const report = await writeReport(config.run);
    return { finished, steps: this.at.step, bestScore: this.bestScore, report };
  }

  /** @returns whether there was anything to go on from. @throws TrainingError */
  private async resume(): Promise<boolean> {
    const { config, parts } = this;
    const damaged: string[] = [];
    const kept = await this.store.newest((folder, reason) =>
      damaged.push(`passed over the checkpoint ${folder}: ${reason}`),
    );
    for (const line of damaged) await parts.note(line);
    if (kept === undefined) {
      if (damaged.length === 0) return false;
      throw new TrainingError(
        'NO_CHECKPOINT',
        `No checkpoint in ${config.run} is whole: delete the folder to begin anew.`,
      );
    }
    if (kept.configSha256 !== configHash(config, kept.position.stage)) {
      throw new TrainingError(
        'BAD_RUN',
        `${config.run} holds a run with other settings (see config.json there): give another folder (--run DIR), or delete it.`,
      );
    }
    restoreState(parts.learner, kept.groups);
    this.at = kept.position;
    this.bestScore = kept.bestScore;
    this.options.tell(`goes on at step ${this.at.step}`);
    return true;
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
    const total = perEpoch * stage.epochs;
    if (this.at.epoch === 0 && this.at.batch === 0) learner.beginStage();
    const program = await learner.compile({ phase, batch, size });
    try {
      while (this.at.epoch < stage.epochs) {
        let started = Date.now();
        const { signal } = this.options;
        for await (const next of data.batches(view, this.at.stage, this.at.epoch, this.at.batch, signal)) {
          const stageStep = this.at.epoch * perEpoch + this.at.batch;
          const settings = this.settings(stage, stageStep, total);
          const losses = await program.step(next, settings);
          this.at = { ...this.at, step: this.at.step + 1, batch: this.at.batch + 1 };
          this.means.add(checked(losses, this.at.step));
          this.options.progress?.({
            stage: this.at.stage,
            epoch: this.at.epoch,
            step: this.at.step,
            stageStep: stageStep + 1,
            losses,
          });
          if (this.at.step % this.config.logEvery === 0) {
            await this.logSteps(stage, settings, (Date.now() - started) / 1000);
            started = Date.now();
          }
          if (this.at.step % this.config.checkpoint.every === 0 && this.at.batch < perEpoch) await this.save(program);
          // Lets signals in: the native engine holds the thread during a step.
          await new Promise(setImmediate);
          if (signal.aborted) break;
        }
        if (this.at.batch < perEpoch) {
          await this.save(program);
          return;
        }
        await this.endOfEpoch(stage, program);
      }
    } finally {
      program.dispose();
    }
    this.at = { ...this.at, stage: this.at.stage + 1, epoch: 0, batch: 0 };
    await this.store.save(this.state(Math.min(this.at.stage, this.config.stages.length - 1)), await stateOf(learner));
  }

  private settings(stage: StageConfig, stageStep: number, total: number): StepSettings {
    const generator = scheduleOf(stage.generator)(stageStep, total);
    const discriminator = scheduleOf(stage.discriminator ?? stage.generator)(stageStep, total);
    return {
      generatorRate: generator.rate,
      discriminatorRate: discriminator.rate,
      momentum: generator.momentum ?? this.config.optimiser.beta1,
      averageDecay: averageDecay(this.config.average, this.at.step),
      step: this.at.step,
    };
  }

  private async logSteps({ size, batch, phase }: StageConfig, settings: StepSettings, seconds: number): Promise<void> {
    const { stage, epoch, step } = this.at;
    await this.parts.log.write({
      kind: 'steps',
      stage,
      size,
      epoch,
      step,
      phase,
      losses: this.means.take(),
      rates: { generator: settings.generatorRate, discriminator: settings.discriminatorRate },
      picturesPerSecond: (this.config.logEvery * batch) / seconds,
    });
  }

  /** Validation, samples, the report, a checkpoint that knows the new best score: in an order that a kill cannot spoil. */
  private async endOfEpoch(stage: StageConfig, program: StepProgram): Promise<void> {
    const { config, parts, validator } = this;
    const { learner } = parts;
    program.readVariables();
    const { epoch, step } = this.at;
    const { phase } = stage;
    await learner.average.within(async () => {
      if (validator !== undefined && phase !== 'critic') await this.validate(validator);
      await exportGenerator(learner, config, path.join(config.run, 'last'));
    });
    this.at = { ...this.at, epoch: epoch + 1, batch: 0 };
    await this.store.save(this.state(this.at.stage), await stateOf(learner));
    await writeReport(config.run);
    this.options.tell(`stage ${this.at.stage + 1}, epoch ${epoch + 1} of ${stage.epochs} done (step ${step})`);
  }

  private async validate(validator: Validator): Promise<void> {
    const { config, parts } = this;
    const { learner, log } = parts;
    const { stage, epoch, step } = this.at;
    const metrics = await validator.metrics(learner);
    const { grey, tone } = validator.baselines;
    const points = score(metrics, tone);
    const best = this.bestScore === null || points > this.bestScore;
    if (best) {
      this.bestScore = points;
      await exportGenerator(learner, config, path.join(config.run, 'best'));
    }
    await log.write({
      kind: 'validation',
      stage,
      epoch,
      step,
      metrics: numbersOf(metrics),
      baselines: { grey: numbersOf(grey), tone: numbersOf(tone) },
      score: points,
      best,
    });
    const file = path.join('samples', `s${stage + 1}-e${String(epoch + 1).padStart(3, '0')}.jpg`);
    const columns = await validator.samples(learner, path.join(config.run, file));
    await log.write({ kind: 'samples', stage, epoch, step, file, columns: [...columns] });
    this.options.tell(
      `step ${step}: PSNR ${metrics.psnr.toFixed(2)} dB (grey ${grey.psnr.toFixed(2)}, tone ${tone.psnr.toFixed(2)}), ` +
        `correlation ${metrics.chromaCorrelation.toFixed(3)}, colourfulness ${metrics.colourfulnessRatio.toFixed(2)}${best ? ', the best so far' : ''}`,
    );
  }

  private async save(program: StepProgram): Promise<void> {
    program.readVariables();
    await this.store.save(this.state(this.at.stage), await stateOf(this.parts.learner));
  }

  private state(stage: number): { configSha256: string; position: Position; bestScore: number | null } {
    return { configSha256: configHash(this.config, stage), position: this.at, bestScore: this.bestScore };
  }
}

function byReason(skipped: TrainingData['skipped']): Map<string, string[]> {
  const reasons = new Map<string, string[]>();
  for (const { name, reason } of skipped) reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  return reasons;
}

/** @throws TrainingError `DIVERGED` */
function checked(losses: StepLosses, step: number): StepLosses {
  for (const [name, value] of Object.entries(losses)) {
    if (!Number.isFinite(value)) {
      throw new TrainingError(
        'DIVERGED',
        `The loss "${name}" is ${value} at step ${step}: lower the learning rate. The checkpoint before it is whole; the same command goes on from there.`,
      );
    }
  }
  return losses;
}

const numbersOf = (metrics: object): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics).filter(([, value]) => typeof value === 'number'));
