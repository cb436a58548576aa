import path from 'node:path';
import { BenchError } from './bench-error.js';
import { exitOnSignals } from './end-with-us.js';
import { thisMachine } from './machine.js';
import { type BenchName, type BenchOptions, parseOptions } from './options.js';
import { type BenchResult, writeResult } from './result.js';
import { formatResult } from './table.js';

type Bench = (options: BenchOptions, say: (line: string) => void) => Promise<BenchResult>;

/** Loaded when asked for: what one bench needs must not weigh on another. */
const benches: Readonly<Record<BenchName, () => Promise<Bench>>> = {
  generator: async () => (await import('./generator/generator-bench.js')).generatorBench,
  training: async () => (await import('./training/training-bench.js')).trainingBench,
  cyclegan: async () => (await import('./cyclegan/cyclegan-bench.js')).cycleGanBench,
  film: async () => (await import('./film/film-bench.js')).filmBench,
  memory: async () => (await import('./memory/memory-bench.js')).memoryBench,
  stabilizer: async () => (await import('./stabilizer/stabilizer-bench.js')).stabilizerBench,
  compile: async () => (await import('./compile/compile-bench.js')).compileBench,
  passes: async () => (await import('./passes/passes-bench.js')).passesBench,
  semantics: async () => (await import('./semantics/semantics-bench.js')).semanticsBench,
  services: async () => (await import('./services/services-bench.js')).servicesBench,
  telemetry: async () => (await import('./telemetry/telemetry-bench.js')).telemetryBench,
};

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

exitOnSignals();
try {
  const options = parseOptions(process.argv.slice(2));
  const { cores, loadBefore } = thisMachine();
  if (loadBefore > cores / 2) {
    say(`Other work runs on this machine (load ${loadBefore.toFixed(1)} on ${cores} cores): the ratios are rough.`);
  }
  for (const name of options.benches) {
    const bench = await benches[name]();
    const result = await bench(options, say);
    process.stdout.write(`\n${formatResult(result)}\n`);
    say(`Written: ${path.relative('.', await writeResult(result, options.out))}`);
  }
} catch (error) {
  // Errors with a code are ours (BenchError, MediaError, ModelError …) or the system's, and say what to do.
  if (!(error instanceof Error && 'code' in error)) throw error;
  say(`bench: ${error.message}`);
  process.exitCode = error instanceof BenchError && error.code === 'USAGE' ? 2 : 1;
}
