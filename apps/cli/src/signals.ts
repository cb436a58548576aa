import { setTimeout as pause } from 'node:timers/promises';
import { EXIT } from './exit-code.js';

const CODES = { SIGINT: EXIT.INTERRUPTED, SIGTERM: EXIT.TERMINATED, SIGHUP: EXIT.HUNG_UP } as const;

/** How much later than the programs that we run a signal of the terminal may be heard here, milliseconds. */
const LATE_MS = 200;

export interface Signals {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Of the signal that came; undefined: none did. */
  exitCode(): number | undefined;
  /** Resolves once a signal has been heard that may have ended the programs that we run, or none seems to come. */
  settled(): Promise<void>;
  stop(): void;
}

/** Turns the first Ctrl-C, SIGTERM or closing of the terminal into an abort; a second one ends the process as it would without us. */
export function watchSignals(): Signals {
  const controller = new AbortController();
  const { signal } = controller;
  let code: number | undefined;
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) => {
    const handle = (): void => {
      code = CODES[name];
      stop();
      controller.abort();
    };
    process.on(name, handle);
    return [name, handle] as const;
  });
  const stop = (): void => {
    for (const [name, handle] of handlers) process.off(name, handle);
  };
  // Only the signal ends the pause early.
  const settled = (): Promise<void> => pause(LATE_MS, undefined, { signal }).catch(() => undefined);
  return { signal, exitCode: () => code, settled, stop };
}
