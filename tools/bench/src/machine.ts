import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** The machine that a result was taken on. */
export interface Machine {
  /** Cores that this process may use. */
  readonly cores: number;
  /** The processor's name for itself. */
  readonly cpu: string;
  readonly memoryGib: number;
  /**
   * Processes that were running or waiting, over the minute before this one started: well above 0 means that others were
   * at work.
   */
  readonly loadBefore: number;
}

/** Read once, at the start: later it would count the benches themselves. */
const LOAD_AT_START = loadavg()[0] ?? 0;

export function thisMachine(): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    loadBefore: LOAD_AT_START,
  };
}
