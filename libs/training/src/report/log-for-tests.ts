import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LogEntry, StepsEntry, ValidationEntry } from './log-entry.js';

const TIME = '2025-03-01T10:00:00.000Z';

export const runEntry = (resumedAt?: number): LogEntry => ({
  kind: 'run',
  time: TIME,
  name: 'a test',
  config: { preset: 'tiny' },
  environment: { node: 'v20', cores: 2 },
  ...(resumedAt === undefined ? {} : { resumedAt }),
});

export const stepsEntry = (step: number, changes: Partial<StepsEntry> = {}): StepsEntry => ({
  kind: 'steps',
  time: TIME,
  stage: 0,
  size: 64,
  epoch: 0,
  step,
  phase: 'adversarial',
  losses: { generator: 1, discriminatorA: 0.25 },
  rates: { generator: 0.001 },
  picturesPerSecond: 10,
  ...changes,
});

export const validationEntry = (step: number, changes: Partial<ValidationEntry> = {}): ValidationEntry => ({
  kind: 'validation',
  time: TIME,
  stage: 0,
  epoch: 0,
  step,
  metrics: { psnr: 25, ciede2000: 8, chromaCorrelation: 0.3, colourfulnessRatio: 0.5 },
  baselines: { grey: { psnr: 24.5 }, tone: { psnr: 25.5 } },
  score: 1,
  best: false,
  ...changes,
});

/** Writes a log as a run does; `tail` is added to the last line as it is. */
export async function writeLog(runFolder: string, entries: readonly LogEntry[], tail = ''): Promise<string> {
  const file = path.join(runFolder, 'log.jsonl');
  await writeFile(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join('') + tail);
  return file;
}
