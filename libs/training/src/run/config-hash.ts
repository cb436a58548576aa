import { createHash } from 'node:crypto';
import type { TrainingConfig } from '../config/schema.js';

/**
 * Hash of what the numbers of a run depend on up to a stage: later stages may be changed before they begin, and where
 * files lie, how often one looks and how many threads decode may change at any time.
 */
export function configHash(config: TrainingConfig, stage: number): string {
  const { networks, losses, features, optimiser, pool, average, data, seed, precision, stages } = config;
  const { bw, color, framing, largestRender, filmShare } = data;
  const used = [
    { networks, losses, features: features.kind, optimiser, pool, average, seed, precision },
    { bw, color, framing, largestRender, filmShare },
    stages.slice(0, stage + 1),
  ];
  return createHash('sha256').update(JSON.stringify(used)).digest('hex');
}
