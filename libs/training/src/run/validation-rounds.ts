import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Position } from '../checkpoint/checkpoint-store.js';
import type { TrainingConfig } from '../config/schema.js';
import type { Learner } from '../steps/learner.js';
import { score } from '../validation/score.js';
import type { Validator } from '../validation/validator.js';
import { exportGenerator } from './export-generator.js';
import type { RunLog } from './run-log.js';
import type { TrainOptions } from './run-options.js';

interface Parts {
  readonly learner: Learner;
  readonly log: RunLog;
  readonly tell: TrainOptions['tell'];
}

/** What happens after an epoch with the weights as they are: metrics, the best so far, a grid of samples. */
export class ValidationRounds {
  /** What a score depends on, beside the model and the training pictures. */
  readonly judgedBy: string;

  constructor(
    private readonly validator: Validator,
    private readonly config: TrainingConfig,
    private readonly parts: Parts,
  ) {
    const { validation, outputGain } = config;
    this.judgedBy = createHash('sha256').update(JSON.stringify([validator.contents, validation.at, outputGain])).digest('hex'); // prettier-ignore
  }

  /**
   * @param best score before; null before the first
   * @returns the best score now
   * @throws the reason of the signal, when it came while the pictures were measured: nothing has changed then
   */
  async round({ stage, epoch, step }: Position, best: number | null, signal?: AbortSignal): Promise<number> {
    const { validator, config } = this;
    const { learner, log, tell } = this.parts;
    const metrics = await validator.metrics(learner, signal);
    const { grey, tone } = validator.baselines;
    const points = score(metrics, tone);
    const better = best === null || points > best;
    if (better) await exportGenerator(learner, config, path.join(config.run, 'best'));
    const baselines = { grey: numbersOf(grey), tone: numbersOf(tone) };
    await log.write({ kind: 'validation', stage, epoch, step, metrics: numbersOf(metrics), baselines, score: points, best: better }); // prettier-ignore
    const file = path.join('samples', `s${stage + 1}-e${String(epoch + 1).padStart(3, '0')}.jpg`);
    const columns = await validator.samples(learner, path.join(config.run, file));
    await log.write({ kind: 'samples', stage, epoch, step, file, columns: [...columns] });
    const [dB, ratio] = [
      metrics.psnr.toFixed(2),
      metrics.colourfulnessRatio?.toFixed(2) ?? 'not counted (the truth is grey)',
    ];
    tell(
      `step ${step}: PSNR ${dB} dB (grey ${grey.psnr.toFixed(2)}, tone ${tone.psnr.toFixed(2)}), ` +
        `correlation ${metrics.chromaCorrelation.toFixed(3)}, colourfulness ${ratio}${better ? ', the best so far' : ''}`,
    );
    return better ? points : best;
  }
}

const numbersOf = (metrics: object): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics).filter(([, value]) => typeof value === 'number'));
