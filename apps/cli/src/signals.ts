import { EXIT } from './exit-code.js';

const CODES = { SIGINT: EXIT.INTERRUPTED, SIGTERM: EXIT.TERMINATED, SIGHUP: EXIT.HUNG_UP } as const;

/** Turns the first Ctrl-C, SIGTERM or closing of the terminal into an abort; a second one ends the process as it would without us. */
export function watchSignals(): { signal: AbortSignal; exitCode: () => number | undefined; stop: () => void } {
  const controller = new AbortController();
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
  return { signal: controller.signal, exitCode: () => code, stop };
}
