import { rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '@kinemacolor/config';
import { loadBackend } from '@kinemacolor/tensor';
import type { TrainingConfig } from '../config/schema.js';
import { withoutEffect } from '../config/without-effect.js';
import { writeFailure } from '../config/write-failure.js';
import { openData } from '../data/index.js';
import { LOG_FILE, removeUnfinishedReports } from '../report/write-report.js';
import { alsoTrained } from '../validation/also-trained.js';
import { heldOut } from '../validation/held-out.js';
import { Validator } from '../validation/validator.js';
import { environmentOf } from './environment.js';
import { RunLock } from './lock/run-lock.js';
import { begin, openLearner } from './open-learner.js';
import { RunLog } from './run-log.js';
import type { RunResult, TrainOptions } from './run-options.js';
import { Session } from './session.js';
import { byReason } from './skipped-by-reason.js';
import { threadShare } from './thread-share.js';
import { ValidationRounds } from './validation-rounds.js';

/**
 * Trains by a config, stage by stage, or goes on where an earlier run in the same folder stopped, however it stopped.
 * @throws TrainingError; ModelError for feature weights; MediaError for the clip; CompileError
 */
export async function train(config: TrainingConfig, options: TrainOptions): Promise<RunResult> {
  const engine = await loadBackend(undefined, threadShare(config.networks));
  const { run } = config;
  const stood = await isThere(run);
  await makeFolders(run).catch((error: unknown) => {
    throw writeFailure(run, error);
  });
  const lock = await RunLock.take(run, options);
  try {
    return await trainLocked(config, options, engine, lock);
  } catch (error) {
    // While it was still looking at pictures: an earlier run's checkpoint stands as it was.
    if (options.signal.aborted && error === options.signal.reason) return { finished: false };
    throw error;
  } finally {
    await lock.release();
    if (!stood) await removeIfEmpty(run);
  }
}

const isThere = (folder: string): Promise<boolean> =>
  stat(folder).then(
    () => true,
    () => false,
  );

/** A start that failed before there was anything to keep leaves no folder behind; what there is to keep makes it not empty. */
async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    // Its log is there, or somebody else has begun there: what is in it counts, and the error that brought us here.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
  });
}

async function trainLocked(
  config: TrainingConfig,
  options: TrainOptions,
  engine: Awaited<ReturnType<typeof loadBackend>>,
  lock: RunLock,
): Promise<RunResult> {
  const { run } = config;
  const log = new RunLog(run);
  const note = async (text: string): Promise<void> => {
    options.tell(text);
    await log.write({ kind: 'note', text });
  };
  options.tell('looking at the pictures');
  const held = await heldOut(config, options.signal);
  const data = await openData({
    ...config.data,
    seed: config.seed,
    kind: config.networks.kind,
    exclude: held.taken,
    signal: options.signal,
  });
  try {
    const { learner, dispose } = await openLearner(config, engine.device);
    try {
      const trainedBefore = await isThere(path.join(run, LOG_FILE));
      const session = new Session(config, options, { data, learner, log, lock });
      const { step, damaged } = await session.resume();
      // A checkpoint holds all weights: what the run began with may be gone.
      if (step === undefined) await begin(learner, config.networks);
      await removeUnfinishedReports(run);
      const copy = path.join(run, 'config.json');
      await writeFile(copy, JSON.stringify(config, null, 2) + '\n').catch((error: unknown) => {
        throw writeFailure(copy, error);
      });
      const environment = environmentOf(config, engine);
      const resumed = step === undefined ? {} : { resumedAt: step };
      await log.write({ kind: 'run', name: config.name, config, environment, ...resumed });
      if (step === undefined && trainedBefore)
        await note('no checkpoint is left of the run that was here: it begins anew');
      for (const line of damaged) await note(line);
      for (const [reason, names] of byReason(data.skipped)) {
        options.tell(`${names.length} pictures skipped: ${reason} (named in the log)`);
        await log.write({ kind: 'note', text: `${names.length} pictures skipped: ${reason}: ${names.join(', ')}` });
      }
      if (held.files.length === 0)
        await note('Too few pictures to hold any out: the run is not validated, and its model is last/, not best/.');
      const seen = await alsoTrained(held.files, data.contents, options.signal);
      if (seen.length > 0) {
        await note(`${seen.length} of ${held.files.length} pictures to validate with are trained with, too, so the figures flatter: ${seen.slice(0, 5).join(', ')}${seen.length > 5 ? ', …' : ''}. Take them out of one of the folders.`); // prettier-ignore
      }
      for (const line of withoutEffect(config)) await note(line);
      if (held.files.length > 0) options.tell(`measuring the baselines on ${held.files.length} pictures`);
      const validator =
        held.files.length === 0
          ? undefined
          : await Validator.open(config.validation, config.data, held.files, options.signal);
      return await session.run(validator && new ValidationRounds(validator, config, { learner, log, tell: options.tell })); // prettier-ignore
    } finally {
      dispose();
    }
  } finally {
    await data.close();
    await log.close();
  }
}
