import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { thisMachine } from '../machine.js';
import { randomModel } from '../model-choice.js';
import type { BenchOptions } from '../options.js';
import { builtFile, WORK } from '../paths.js';
import type { BenchResult, ResultRow } from '../result.js';
import { runCommand } from '../run-command.js';
import { median, ratio } from '../statistics.js';
import { commonVersions } from '../versions.js';
import type { CaseName } from './cases.js';

const STANDARD_WIDTH = 32;

/** In this order: the last finds in the cache what the first has left there. */
const CASES: readonly { readonly run: CaseName; readonly name: string; readonly barMs: number }[] = [
  { run: 'generator', name: 'standard generator, compiled', barMs: 2000 },
  { run: 'step', name: 'CycleGAN step, compiled', barMs: 10_000 },
  { run: 'cached', name: 'standard generator, from the cache', barMs: 500 },
];

/**
 * How long it takes until a compiled function has given its first result, in a fresh process each time: ratio = time ÷
 * what is allowed. The engine and the model are loaded before.
 */
export async function compileBench(options: BenchOptions, say: (line: string) => void): Promise<BenchResult> {
  const { rounds = 5 } = options;
  const model = await randomModel(`generator-${STANDARD_WIDTH}`, STANDARD_WIDTH);
  const cache = path.join(WORK, 'compile-cache');
  const times = CASES.map((): number[] => []);
  let versions = await commonVersions();
  for (let round = 1; round <= rounds; round++) {
    await rm(cache, { recursive: true, force: true });
    await mkdir(cache, { recursive: true });
    for (const [i, { run, name }] of CASES.entries()) {
      const args = [builtFile('compile/case-process'), run, model, cache];
      const { stdout } = await runCommand(name, process.execPath, args);
      const told = JSON.parse(stdout) as { ms: number; versions: Record<string, string> };
      times[i]!.push(told.ms);
      versions = { ...versions, ...told.versions };
      say(`compile: round ${round} of ${rounds}: ${name} ${told.ms.toFixed(0)} ms`);
    }
  }
  return {
    bench: 'compile',
    about: 'From a loaded model to the first result of the compiled function; ratio = time ÷ what is allowed.',
    date: new Date().toISOString(),
    machine: thisMachine(),
    versions,
    settings: { rounds, model: `random, width ${STANDARD_WIDTH}` },
    rows: CASES.map(({ name, barMs }, i): ResultRow => {
      const ms = median(times[i]!);
      return {
        name,
        numbers: { ms, 'allowed ms': barMs },
        rounds: { ms: times[i]! },
        ratio: ratio(ms, barMs),
        target: { most: 1 },
      };
    }),
  };
}
