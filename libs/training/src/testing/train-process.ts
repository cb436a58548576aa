import type { TrainingConfig } from '../config/schema.js';
import { train } from '../run/training-run.js';

/*
 * A run in a process of its own, for tests that kill it: node train-process.js CONFIG_AS_JSON [STEP]. Tells each step, and
 * goes no further than STEP.
 */

const config = JSON.parse(process.argv[2]!) as TrainingConfig;
const last = Number(process.argv[3] ?? Infinity);
await train(config, {
  signal: new AbortController().signal,
  stages: { first: 0, last: config.stages.length - 1 },
  tell: () => undefined,
  progress: ({ step }) => {
    process.stdout.write(`step ${step}\n`);
    if (step >= last) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
