import type { TrainingData } from '../data/index.js';

/** Names of skipped pictures by the reason for it. */
export function byReason(skipped: TrainingData['skipped']): Map<string, string[]> {
  const reasons = new Map<string, string[]>();
  for (const { name, reason } of skipped) reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  return reasons;
}
