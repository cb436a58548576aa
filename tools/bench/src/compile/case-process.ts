import { loadBackend } from '@kinemacolor/tensor';
import { CASES, type CaseName } from './cases.js';

/*
 * One case of the compile bench, in a process of its own: prints `{"ms": number, "versions": {…}}` as one JSON line.
 *
 *     node case-process.js generator|step|cached MODEL_FOLDER CACHE_FOLDER
 */
const [name, model, cache] = process.argv.slice(2) as [CaseName, string, string];
const engine = await loadBackend('cpu');
const started = performance.now();
await CASES[name](model, cache);
const ms = performance.now() - started;
process.stdout.write(JSON.stringify({ ms, versions: { tensorflow: engine.tensorflowVersion } }) + '\n');
