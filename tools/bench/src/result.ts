import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Machine } from './machine.js';

/** What a ratio should reach: `least` from above, `most` from below. */
export type Target = { readonly least: number } | { readonly most: number };

/** One line of a bench's table. */
export interface ResultRow {
  readonly name: string;
  /** The single numbers that the ratio was made of, with the unit in the name, such as `ours ms`. Medians over rounds. */
  readonly numbers: Readonly<Record<string, number>>;
  /** The value of every round, by the same names. */
  readonly rounds?: Readonly<Record<string, readonly number[]>>;
  readonly ratio?: number;
  readonly target?: Target;
}

/** Everything that one bench has to say. Numbers of one result were taken in one run on one machine. */
export interface BenchResult {
  readonly bench: string;
  /** What was compared and how the ratio is formed, one sentence. */
  readonly about: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly machine: Machine;
  /** Version of everything that took part, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** How it was set: sizes, frames, rounds. */
  readonly settings: Readonly<Record<string, string | number>>;
  readonly rows: readonly ResultRow[];
}

/** True when the row has no target or reaches it. */
export function reached({ ratio, target }: Pick<ResultRow, 'ratio' | 'target'>): boolean {
  if (target === undefined || ratio === undefined) return true;
  return 'least' in target ? ratio >= target.least : ratio <= target.most;
}

/** Writes `<folder>/<bench>.json` beside its name and renames it. @returns the file's path */
export async function writeResult(result: BenchResult, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${result.bench}.json`);
  await writeFile(`${file}.writing`, JSON.stringify(result, null, 2) + '\n');
  await rename(`${file}.writing`, file);
  return file;
}
