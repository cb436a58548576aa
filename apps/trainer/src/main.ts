import { parseArgs } from 'node:util';
import { readConfig } from './config.js';
import { evaluate } from './evaluate.js';
import { train } from './training-run.js';

const USAGE = `usage: kinemacolor-train CONFIG.json
       kinemacolor-train evaluate CONFIG.json MODEL_FOLDER [--size 192]... [--sheet OUT.png]
apps/trainer/README.md tells more.`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { size: { type: 'string', multiple: true }, sheet: { type: 'string' } },
  });
  const [first, second, third] = positionals;
  if (first === 'evaluate' && second !== undefined && third !== undefined) {
    const sizes = (values.size ?? []).map(Number);
    console.log(await evaluate({ config: await readConfig(second), model: third, sizes, sheet: values.sheet }));
  } else if (first !== undefined && first !== 'evaluate') {
    const stop = new AbortController();
    const abort = (): void => {
      stop.abort();
    };
    process.once('SIGINT', abort).once('SIGTERM', abort);
    await train(await readConfig(first), stop.signal, (line) => {
      console.log(line);
    });
  } else {
    console.error(USAGE);
    process.exitCode = 2;
  }
} catch (error) {
  console.error(`kinemacolor-train: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
