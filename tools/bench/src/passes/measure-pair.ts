import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CompiledProgram, openProgram, writeProgram } from '@kinemacolor/compile';
import type { Pair } from './pair.js';

type Side = 'on' | 'off';
const SIDES: readonly Side[] = ['on', 'off'];

/** Beside the first one, which TensorFlow optimises the graph for. */
const WARM_UP_RUNS = 2;

/** Milliseconds of one round. */
export interface PairRound {
  /** A run. */
  readonly on: number;
  readonly off: number;
  /** From the function to its first result: tracing, passes, encoding, loading, one run. */
  readonly firstOn: number;
  readonly firstOff: number;
}

export interface PairTimes {
  readonly nodes: Readonly<Record<Side, number>>;
  readonly difference: number;
  readonly precision: string;
  readonly rounds: readonly PairRound[];
}

/**
 * Times both forms in turns in this process: each round compiles both anew and begins with the other one.
 * @returns undefined when both are the same graph: what is switched has nothing to do there
 * @throws BenchError `DISAGREE` before anything is timed; CompileError
 */
export async function measurePair<T>(
  pair: Pair<T>,
  { rounds, frames }: { readonly rounds: number; readonly frames: number },
): Promise<PairTimes | undefined> {
  const [on, off] = [await pair.on.build(), await pair.off.build()];
  if (Buffer.compare(on.bytes, off.bytes) === 0) return undefined;
  const difference = pair.difference(await firstResults(pair, 'on'), await firstResults(pair, 'off'));
  const times: PairRound[] = [];
  for (let round = 0; round < rounds; round++) {
    times.push(await timedRound(pair, frames, round % 2 === 0 ? SIDES : SIDES.toReversed()));
  }
  return { nodes: { on: on.nodes, off: off.nodes }, difference, precision: pair.precision, rounds: times };
}

async function timedRound<T>(pair: Pair<T>, frames: number, order: readonly Side[]): Promise<PairRound> {
  const first = { on: NaN, off: NaN };
  const run = { on: NaN, off: NaN };
  const programs: Partial<Record<Side, CompiledProgram>> = {};
  try {
    for (const side of order) {
      const started = performance.now();
      programs[side] = await open(pair, side);
      await pair[side].run(programs[side]);
      first[side] = performance.now() - started;
    }
    for (const side of order) {
      const work = async (): Promise<T> => pair[side].run(programs[side]!);
      for (let i = 0; i < WARM_UP_RUNS; i++) await work();
      const started = performance.now();
      for (let i = 0; i < frames; i++) await work();
      run[side] = (performance.now() - started) / frames;
    }
  } finally {
    for (const program of Object.values(programs)) program.dispose();
  }
  return { ...run, firstOn: first.on, firstOff: first.off };
}

async function firstResults<T>(pair: Pair<T>, side: Side): Promise<readonly T[]> {
  const program = await open(pair, side);
  try {
    const results: T[] = [];
    for (let i = 0; i < pair.compared; i++) results.push(await pair[side].run(program));
    return results;
  } finally {
    program.dispose();
  }
}

async function open<T>({ variables, ...forms }: Pair<T>, side: Side): Promise<CompiledProgram> {
  const built = await forms[side].build();
  // tfjs-node remembers a folder by its name: each program gets a new one.
  const folder = await mkdtemp(path.join(tmpdir(), 'kinemacolor-bench-'));
  try {
    await writeProgram(built, folder);
    const program = await openProgram(folder, built.functions, variables);
    program.writeVariables();
    return program;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
