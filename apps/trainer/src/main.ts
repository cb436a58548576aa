import { parseArgs } from 'node:util';
import { readConfig, trainInTerminal, TrainingError } from '@kinemacolor/training';

const USAGE = `usage: kinemacolor-train CONFIG.json [--stages 1-2]
The job of a GPU node: trains by a config file, or goes on where it was stopped. apps/trainer/README.md tells more.`;

/** Undefined, with words for it, where the arguments make no sense. */
function told(): { file: string; stages: string | undefined } | undefined {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { stages: { type: 'string' } } });
    const [file, ...more] = positionals;
    if (file !== undefined && more.length === 0) return { file, stages: values.stages };
  } catch (error) {
    console.error(`kinemacolor-train: ${error instanceof Error ? error.message : String(error)}`);
  }
  console.error(USAGE);
  return undefined;
}

try {
  const args = told();
  if (args === undefined) process.exitCode = 2;
  else {
    const config = await readConfig({ file: args.file });
    process.exitCode = await trainInTerminal(config, { stages: args.stages, quiet: false, out: process.stderr });
  }
} catch (error) {
  console.error(`kinemacolor-train: ${error instanceof Error ? error.message : String(error)}`);
  // What trying again does not cure: a Job need not try three times.
  const hopeless = error instanceof TrainingError && (error.code === 'BAD_CONFIG' || error.code === 'BAD_RUN');
  process.exitCode = hopeless ? 2 : 1;
}
