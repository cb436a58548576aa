import { PRESETS, readConfig, trainInTerminal, type PresetName } from '@kinemacolor/training';
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
  const config = await readConfig(from, { bw, color, validation, clip, features, run });
  if (printConfig) {
    process.stdout.write(JSON.stringify(config, null, 2) + '\n');
    return EXIT.OK;
  }
  return trainInTerminal(config, { stages, quiet, out: process.stderr });
}

function source({ config, preset }: TrainFlags, known: readonly string[]): { file: string } | { preset: PresetName } {
  if (config !== undefined && preset === undefined) return { file: config };
  if (config === undefined && preset !== undefined && known.includes(preset)) return { preset: preset as PresetName };
  throw new UsageError(`Give either --config FILE or --preset ${known.join('|')}.`);
}
