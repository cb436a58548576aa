import { createHash } from 'node:crypto';
import type { TrainingConfig } from '../config/schema.js';

/**
 * What checkpoints of format 1 hold of the config (see `run-basis.ts` for those of today), with the folders of the data.
 * @param begun how many stages have begun
 */
export function configHash(config: TrainingConfig, begun: number): string {
  const { networks, losses, features, optimiser, pool, average, data, seed, precision, stages, validation } = config;
  const { bw, color, framing, largestRender, filmShare } = data;
  const used = [
    { networks, losses, features: features.kind, optimiser, pool, average, seed, precision },
    { bw, color, framing, largestRender, filmShare },
    stages.slice(0, begun),
    // Without a folder of its own, validation takes pictures away from training.
    ...(validation.color === undefined ? [{ heldOut: validation.most }] : []),
  ];
  return createHash('sha256').update(JSON.stringify(used)).digest('hex');
}
