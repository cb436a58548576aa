import { parseArgs } from 'node:util';
import { BenchError } from './bench-error.js';

export const BENCHES = [
  'generator',
  'training',
  'cyclegan',
  'film',
  'memory',
  'stabilizer',
  'compile',
  'passes',
  'semantics',
  'services',
  'telemetry',
] as const;
export type BenchName = (typeof BENCHES)[number];

export interface BenchOptions {
  readonly benches: readonly BenchName[];
  /** The only first channel count of `generator`, `training`, `cyclegan`, `passes` and `semantics`, 16 for fast, 32 for standard; undefined takes theirs. */
  readonly width: number | undefined;
  /** Alternating rounds; undefined leaves each bench its own. */
  readonly rounds: number | undefined;
  /** Frames of the clip of `film`, `services` and `telemetry`, frames or steps of a round of the five; undefined: their own. */
  readonly frames: number | undefined;
  /** A shipped model's name or a folder, for `film`, `memory`, `stabilizer`, `services` and `telemetry`; undefined takes the first shipped one. */
  readonly model: string | undefined;
  /** The film of `services` and `telemetry`; undefined makes one. */
  readonly clip: string | undefined;
  /** Of `telemetry` only what making and sending takes by itself, which wants no film. */
  readonly direct: boolean;
  /** Folder for the JSON files, relative to the working directory. */
  readonly out: string;
}

export const USAGE = `Usage: npm run bench -- [generator|training|cyclegan|film|memory|stabilizer|compile|passes|semantics|services|telemetry|all]...
  --width N    only this width of the networks (generator, training, cyclegan, passes, semantics): 16 is fast, 32 is standard
  --rounds N   alternating rounds
  --frames N   frames or steps of a round (the same five), frames of the clip (film, services, telemetry)
  --model M    a shipped model's name or a folder (film, memory, stabilizer, services, telemetry)
  --clip FILE  the film of services and telemetry
  --direct     telemetry: only what making and sending takes by itself, in a minute or two
  --out DIR    where the JSON goes (out/bench)
`;

/** @throws BenchError `USAGE` */
export function parseOptions(args: readonly string[]): BenchOptions {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        width: { type: 'string' },
        rounds: { type: 'string' },
        frames: { type: 'string' },
        model: { type: 'string' },
        clip: { type: 'string' },
        direct: { type: 'boolean' },
        out: { type: 'string' },
      },
    });
  } catch (error) {
    throw new BenchError('USAGE', `${error instanceof Error ? error.message : String(error)}\n${USAGE}`, {
      cause: error,
    });
  }
  const { values, positionals } = parsed;
  return Object.freeze({
    benches: benchesOf(positionals),
    width: natural('width', values.width),
    rounds: natural('rounds', values.rounds),
    frames: natural('frames', values.frames),
    model: values.model,
    clip: values.clip,
    direct: values.direct ?? false,
    out: values.out ?? 'out/bench',
  });
}

function benchesOf(names: readonly string[]): readonly BenchName[] {
  const unknown = names.filter((name) => name !== 'all' && !(BENCHES as readonly string[]).includes(name));
  if (unknown.length > 0) throw new BenchError('USAGE', `No such bench: ${unknown.join(', ')}.\n${USAGE}`);
  if (names.length === 0 || names.includes('all')) return BENCHES;
  return BENCHES.filter((name) => names.includes(name));
}

function natural(name: string, word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(word))
    throw new BenchError('USAGE', `--${name} ${word}: give a whole number above 0.\n${USAGE}`);
  return Number(word);
}
