import {
  draftConfig,
  optionalFields,
  PRESETS,
  readConfig,
  trainInTerminal,
  type ConfigOverrides,
  type ConfigSource,
  type PresetName,
} from '@kinemacolor/training';
import { EXIT } from './exit-code.js';
import { UsageError } from './usage-error.js';

/** What `kinemacolor train` was told, as words. */
export interface TrainFlags {
  readonly config?: string;
  readonly preset?: string;
  readonly bw?: readonly string[];
  readonly color?: readonly string[];
  readonly validation?: string;
  readonly clip?: string;
  readonly features?: string;
  readonly output?: string;
  readonly stages?: string;
  readonly printConfig?: boolean;
  readonly quiet?: boolean;
}

/** `kinemacolor train`: returns the exit code. @throws UsageError; TrainingError; ModelError; TensorError */
export async function trainCommand(flags: TrainFlags): Promise<number> {
  const { bw, color, validation, clip, features, output: run, stages, printConfig = false, quiet = false } = flags;
  const from = source(flags, Object.keys(PRESETS));
  const overrides = { bw, color, validation, clip, features, run };
  if (printConfig) return print(from, overrides);
  const config = await readConfig(from, overrides);
  return trainInTerminal(config, { stages, quiet, out: process.stderr });
}

/** The config as it can be read again; what it lacks, and what may be added to it, goes to standard error. */
async function print(from: ConfigSource, overrides: ConfigOverrides): Promise<number> {
  const { config, missing } = await draftConfig(from, overrides);
  process.stdout.write(JSON.stringify(config, null, 2) + '\n');
  for (const line of missing) process.stderr.write(`not ready to train: ${line}\n`);
  for (const { name, description } of optionalFields()) process.stderr.write(`may be added: ${name}: ${description}\n`);
  return EXIT.OK;
}

function source({ config, preset }: TrainFlags, known: readonly string[]): { file: string } | { preset: PresetName } {
  if (config !== undefined && preset === undefined) return { file: config };
  if (config === undefined && preset !== undefined && known.includes(preset)) return { preset: preset as PresetName };
  throw new UsageError(`Give either --config FILE or --preset ${known.join('|')}.`);
}
