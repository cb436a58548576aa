import { randomUUID } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { cacheFolder, makeFolders } from '@kinemacolor/config';

/** What a calibration holds for. */
export interface CalibrationKey {
  readonly cpu: string;
  readonly cores: number;
  /** SHA-256 of the model's weights. */
  readonly weights: string;
  /** How the generator is run. */
  readonly form: string;
  readonly tensorflow: string;
  /** Render size, pixels. */
  readonly width: number;
  readonly height: number;
}

interface Calibration extends CalibrationKey {
  readonly workers: number;
}

/** Answers that are kept; the oldest go first. */
const MOST_KEPT = 64;
/** A file beyond this is not ours. */
const MOST_BYTES = 64 * 1024;

const cacheFile = (): string => path.join(cacheFolder(), 'workers.json');

export const thisMachine = (): Pick<CalibrationKey, 'cpu' | 'cores'> => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
});

/** The number of workers that a calibration found, or undefined. A file that cannot be read counts as none. */
export async function recallWorkers(key: CalibrationKey): Promise<number | undefined> {
  return (await readAll()).findLast((one) => isFor(one, key))?.workers;
}

/** Keeps an answer for later runs, in place of an older one. @throws the system's error when it cannot be written */
export async function rememberWorkers(key: CalibrationKey, workers: number): Promise<void> {
  const others = (await readAll()).filter((one) => !isFor(one, key));
  const calibrations = [...others, { ...key, workers }].slice(-MOST_KEPT);
  await makeFolders(cacheFolder());
  const beside = path.join(cacheFolder(), `.workers-${randomUUID()}.json`);
  try {
    await writeFile(beside, JSON.stringify({ calibrations }, null, 1) + '\n');
    await rename(beside, cacheFile());
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

async function readAll(): Promise<Calibration[]> {
  const text = await readBounded();
  if (text === undefined) return [];
  try {
    const { calibrations } = JSON.parse(text) as { calibrations?: unknown };
    return Array.isArray(calibrations) ? calibrations.filter(isCalibration) : [];
  } catch (error) {
    // Damaged, or of another version: calibrated anew.
    if (error instanceof SyntaxError || error instanceof TypeError) return [];
    throw error;
  }
}

async function readBounded(): Promise<string | undefined> {
  try {
    const file = await open(cacheFile());
    try {
      const { size } = await file.stat();
      return size > MOST_BYTES ? undefined : await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    // No file, no right to read it, a folder in its place: whatever the system says, there is no answer to be had.
    if (error instanceof Error && 'errno' in error) return undefined;
    throw error;
  }
}

const KEY = ['cpu', 'cores', 'weights', 'form', 'tensorflow', 'width', 'height'] as const;

const isFor = (one: Calibration, key: CalibrationKey): boolean => KEY.every((name) => one[name] === key[name]);

function isCalibration(one: unknown): one is Calibration {
  if (typeof one !== 'object' || one === null) return false;
  const { workers, cores } = one as Partial<Calibration>;
  return Number.isInteger(workers) && Number.isInteger(cores) && workers! >= 1 && workers! <= cores!;
}
