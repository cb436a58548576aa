import { builtFile } from '../paths.js';
import { runCommand } from '../run-command.js';

/** The three parts of the way from film to film that nothing can do without. */
export const PARTS = ['decode', 'generator', 'encode'] as const;
export type PartName = (typeof PARTS)[number];

/** What one part took alone, start-up and loading left out. */
export interface PartCost {
  readonly frames: number;
  /** User and system seconds of ffmpeg. */
  readonly ffmpegCpuSeconds: number;
  /** User and system seconds of our own process, all its threads. */
  readonly ownCpuSeconds: number;
  readonly wallSeconds: number;
}

export interface PartInputs {
  readonly film: string;
  readonly model: string;
  /** What the model paints on the film: see `paintedChroma`. */
  readonly chroma: string;
  /** File that `encode` may write. */
  readonly scratch: string;
}

/** Runs one part in a process of its own. @throws BenchError `CHILD_FAILED` */
export async function measurePart(part: PartName, { film, model, chroma, scratch }: PartInputs): Promise<PartCost> {
  const args = [builtFile('film/part-process'), part, film, model, chroma, scratch];
  const { stdout } = await runCommand(`The ${part} alone`, process.execPath, args);
  return JSON.parse(stdout) as PartCost;
}

/**
 * The least wall time in which the parts could be done together: all their CPU seconds, spread over all cores.
 * @param cores above 0
 */
export function floorSeconds(costs: readonly PartCost[], cores: number): number {
  return costs.reduce((sum, { ffmpegCpuSeconds, ownCpuSeconds }) => sum + ffmpegCpuSeconds + ownCpuSeconds, 0) / cores;
}
