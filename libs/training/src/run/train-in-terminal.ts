import path from 'node:path';
import type { TrainingConfig } from '../config/schema.js';
import { TrainingProgress } from '../progress/training-progress.js';
import { stageRange } from './stage-range.js';
import { train } from './training-run.js';

/** What a run that was stopped ends with. SIGTERM is how a cluster takes a node back: the run is safe, so it is no failure. */
const EXIT_CODES = { SIGINT: 130, SIGHUP: 129, SIGTERM: 0 } as const;

export interface TerminalOptions {
  /** A stage or a range of them, counted from 1. */
  readonly stages?: string | undefined;
  readonly quiet: boolean;
  readonly out: NodeJS.WriteStream;
}

/**
 * Trains with a progress bar; the first Ctrl-C or SIGTERM saves a checkpoint after the step it is in.
 * @returns exit code of the process: 0 when the run is finished or SIGTERM stopped it, 130 and 129 for Ctrl-C and SIGHUP
 * @throws as `train`
 */
export async function trainInTerminal(
  config: TrainingConfig,
  { stages, quiet, out }: TerminalOptions,
): Promise<number> {
  const range = stageRange(stages, config.stages.length);
  const stop = new AbortController();
  let code = 0;
  const handlers = Object.entries(EXIT_CODES).map(([name, exitCode]) => {
    const handle = (): void => {
      code = exitCode;
      // A second one ends the process as it would without us.
      for (const [other, listener] of handlers) process.off(other, listener);
      stop.abort();
    };
    process.on(name, handle);
    return [name, handle] as const;
  });
  const display = new TrainingProgress({ out, quiet });
  try {
    const result = await train(config, {
      signal: stop.signal,
      stages: range,
      tell: (line) => { display.tell(line); }, // prettier-ignore
      planned: (plan) => { display.begin(plan); }, // prettier-ignore
      progress: (progress) => { display.update(progress); }, // prettier-ignore
    });
    display.end();
    if (result.steps === undefined) {
      display.tell('stopped before the first step; the same command begins again');
      return code;
    }
    const { finished, report, steps, bestScore } = result;
    if (!finished) display.tell(`stopped at step ${steps}, saved; the same command goes on from there`);
    else display.tell(`model: ${path.join(config.run, bestScore === null ? 'last' : 'best')}`);
    display.tell(`report: ${report}`);
    return finished ? 0 : code;
  } finally {
    display.end();
    for (const [name, handle] of handlers) process.off(name, handle);
  }
}
