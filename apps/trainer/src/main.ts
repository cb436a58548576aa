import { parseArgs } from 'node:util';
import { readConfig, trainInTerminal, TrainingError } from '@kinemacolor/training';

const USAGE = `usage: kinemacolor-train CONFIG.json [--stages 1-2]
The job of a GPU node: trains by a config file, or goes on where it was stopped. apps/trainer/README.md tells more.`;

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { stages: { type: 'string' } } });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    console.error(USAGE);
    process.exitCode = 2;
  } else {
    const config = await readConfig({ file });
    process.exitCode = await trainInTerminal(config, { stages: values.stages, quiet: false, out: process.stderr });
  }
} catch (error) {
  console.error(`kinemacolor-train: ${error instanceof Error ? error.message : String(error)}`);
  // What trying again does not cure: a Job need not try three times.
  const hopeless = error instanceof TrainingError && (error.code === 'BAD_CONFIG' || error.code === 'BAD_RUN');
  process.exitCode = hopeless ? 2 : 1;
}
