import { availableParallelism } from 'node:os';
import type { ThreadShare } from '@kinemacolor/tensor';
import type { TrainingConfig } from '../config/schema.js';

/** The two directions of a CycleGAN hang together at few places: as many threads again as there are halves gain nothing. */
const HALVES = 2;

/**
 * How TensorFlow is to share its threads on a CPU for a kind of training; undefined: as it likes. The step of a CycleGAN
 * is two long chains side by side, one for each direction, so each gets its own half of the cores: threads that split one
 * small convolution wait for each other more than these do (`npm run bench -- cyclegan`).
 */
export function threadShare(
  { kind }: Pick<TrainingConfig['networks'], 'kind'>,
  cores = availableParallelism(),
): ThreadShare | undefined {
  if (kind !== 'cycle' || cores < HALVES) return undefined;
  return { intraOp: Math.floor(cores / HALVES), interOp: HALVES };
}
