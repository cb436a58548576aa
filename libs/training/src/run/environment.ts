import os from 'node:os';
import { choosePrecision } from '@kinemacolor/models';
import type { loadBackend } from '@kinemacolor/tensor';
import type { TrainingConfig } from '../config/schema.js';

/** What a run was made with, for its log and report. */
export function environmentOf(
  { precision }: TrainingConfig,
  { tensorflowVersion, device }: Awaited<ReturnType<typeof loadBackend>>,
): Record<string, string | number> {
  return {
    node: process.versions.node,
    tensorflow: tensorflowVersion,
    device,
    precision: choosePrecision(precision, device),
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
  };
}
