import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const set = z.object({
  folder: z.string().describe('folder of colour pictures'),
  match: z.string().optional().describe('regular expression: only the files whose names match are taken'),
  weight: z.number().positive().default(1).describe('how often its pictures are drawn, relative to the other sets'),
});

/** Everything a run depends on, in one file; recorded in the run's folder. */
export const trainingSchema = z.strictObject({
  run: z.string().describe('folder of the run: checkpoints, log, exported model'),
  name: z.string().default('fast'),
  seed: z.int().nonnegative().default(1),
  generator: z
    .strictObject({ width: z.int().positive(), residualBlocks: z.int().nonnegative() })
    .default({ width: 16, residualBlocks: 6 }),
  train: z.array(set).min(1),
  validation: z.string().describe('folder of held-out colour pictures'),
  batch: z.int().positive().default(8),
  crop: z.int().multipleOf(8).default(128).describe('side of the crops, pixels'),
  largestRender: z.number().positive().default(256).describe('largest short side, pixels, that a crop may come from'),
  filmShare: z.number().min(0).max(1).default(0.3).describe('share of crops whose luma is made to look like film'),
  steps: z.int().positive(),
  learningRate: z.number().positive().default(1e-3),
  warmUp: z.int().nonnegative().default(200),
  average: z.number().min(0).max(1).default(0.999).describe('decay of the moving average of the weights'),
  loss: z
    .strictObject({ delta: z.number().positive(), colourWeight: z.number().nonnegative() })
    .default({ delta: 0.1, colourWeight: 5 }),
  outputGain: z
    .strictObject({ u: z.number().positive(), v: z.number().positive() })
    .default({ u: 1, v: 1 })
    .describe('factors on the chroma of validated and exported models: L1 and Huber paint too faintly'),
  validateEvery: z.int().positive().default(1000),
  validateAt: z.int().positive().default(256).describe('short side, pixels, at which validation pictures are seen'),
  checkpointEvery: z.int().positive().default(250),
});

export type TrainingConfig = z.output<typeof trainingSchema>;

/** @throws Error that lists everything wrong with the file */
export async function readConfig(file: string): Promise<TrainingConfig> {
  const parsed = trainingSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (parsed.success) return Object.freeze(parsed.data);
  throw new Error(`${file}:\n${z.prettifyError(parsed.error)}`);
}
