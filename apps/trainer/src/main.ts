import { readConfig } from './config.js';
import { train } from './training-run.js';

const file = process.argv[2];
if (file === undefined) {
  console.error('usage: kinemacolor-train CONFIG.json (see apps/trainer/README.md)');
  process.exitCode = 2;
} else {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => { stop.abort(); }); // prettier-ignore
  try {
    await train(await readConfig(file), stop.signal, (line) => { console.log(line); }); // prettier-ignore
  } catch (error) {
    console.error(`kinemacolor-train: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
