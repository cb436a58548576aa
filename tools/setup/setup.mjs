/**
 * Provides whatever is missing, in order, and says what it does. See README.md.
 *
 *     node tools/setup/setup.mjs [--quiet] [--gpu] [--for-tests | --for-all-tests]
 */
import { parseArgs } from 'node:util';

import { SetupError } from './failure.mjs';
import { withLock } from './lock.mjs';
import { cacheFolder, ROOT } from './paths.mjs';
import { progress } from './progress.mjs';
import { interrupted } from './run.mjs';
import { lockFolder, steps } from './steps.mjs';

/**
 * Runs the steps; each is looked at first without the lock, so that a run with nothing to do waits for nobody.
 *
 * @param {readonly import('./steps.mjs').Step[]} list
 * @param {{ root: string, cache: string, signal: AbortSignal }} context
 * @param {ReturnType<typeof progress>} shown
 */
export async function runSteps(list, context, shown) {
  for (const step of list) {
    const started = Date.now();
    try {
      const first = await step.check({ ...context, say: () => {} });
      if (first.ok) {
        shown.inPlace(step.name, first.detail);
        continue;
      }
      const say = shown.begin(step.name);
      const waiting = { signal: context.signal, onWait: (holder) => say(`waiting for another set-up (${holder})`) };
      const after = await withLock(lockFolder(context.cache), () => provide(step, { ...context, say }), waiting);
      shown.done(step.name, after.detail, Date.now() - started);
    } catch (error) {
      const failure = context.signal.aborted ? interrupted() : SetupError.from(error);
      if (step.optional === true && failure.code !== 'interrupted') {
        shown.doneWithout(step.name, failure);
        continue;
      }
      shown.failed(step.name, failure);
      throw failure;
    }
  }
}

async function provide(step, context) {
  // Whoever held the lock before may have provided it.
  const now = await step.check(context);
  if (now.ok) return now;
  await step.provide(context);
  const after = await step.check(context);
  if (!after.ok) throw new SetupError(`It was provided, yet it is not there: ${after.detail}.`, step.cure);
  return after;
}

async function main() {
  const { values } = parseArgs({
    options: {
      quiet: { type: 'boolean', default: false },
      gpu: { type: 'boolean', default: process.env.KINEMACOLOR_DEVICE === 'gpu' },
      'for-tests': { type: 'boolean', default: false },
      'for-all-tests': { type: 'boolean', default: false },
    },
  });
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!abort.signal.aborted) process.stderr.write(`\n${signal}: stopping (an apt run is let finish)\n`);
      abort.abort();
    });
  }
  const shown = progress({ quiet: values.quiet });
  const wanted = { gpu: values.gpu, forTests: values['for-tests'], forAllTests: values['for-all-tests'] };
  const list = steps(wanted);
  await runSteps(list, { root: ROOT, cache: cacheFolder(), signal: abort.signal }, shown);
  if (values.gpu && !values.quiet) {
    process.stdout.write('The GPU engine was set up by the design; this project has not tried it on a GPU yet.\n');
  }
}

if (process.argv[1] === import.meta.filename) {
  try {
    await main();
  } catch (error) {
    const failure = SetupError.from(error);
    // Failures of a step were printed with its name; what is left is a wrong option.
    if (!(error instanceof SetupError)) process.stderr.write(`${failure.message}\n`);
    process.exitCode = failure.code === 'interrupted' ? 130 : 1;
  }
}
