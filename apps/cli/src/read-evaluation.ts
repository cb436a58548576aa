import { readFile } from 'node:fs/promises';
import type { CardMetrics } from '@kinemacolor/models';
import { z } from 'zod';
import { EXIT } from './exit-code.js';
import { UsageError } from './usage-error.js';

/** JSON has no NaN: what could not be computed comes as null. */
const measure = z.number().nullable();

const rows = z
  .array(
    z.object({
      name: z.string(),
      metrics: z.object({
        n: measure,
        psnr: measure,
        ciede2000: measure,
        colourfulnessRatio: measure,
        chromaCorrelation: measure,
        lumaError: measure,
      }),
      flicker: measure.optional(),
      colourfulness: measure.optional(),
    }),
  )
  .min(1);

/**
 * The rows that `kinemacolor evaluate --json` printed into a file.
 * @throws UsageError naming the file and what is wrong with it
 */
export async function readEvaluation(file: string): Promise<readonly CardMetrics[]> {
  const text = await readTextFile('--metrics', file);
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--metrics ${file} is no JSON: ${(error as Error).message}`);
  }
  const parsed = rows.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `--metrics ${file} is not what \`kinemacolor evaluate --json\` prints:\n${z.prettifyError(parsed.error)}`,
  );
}

/** The text of a file that a flag names. @throws UsageError with the exit code of a missing input */
export async function readTextFile(flag: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${flag} ${file} cannot be read: ${(error as Error).message}`, EXIT.INPUT_MISSING);
  }
}
