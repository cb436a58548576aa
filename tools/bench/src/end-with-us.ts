import type { ChildProcess } from 'node:child_process';

/** The child is ended when this process exits before it. */
export function endWithUs(child: ChildProcess): void {
  const end = (): void => {
    child.kill();
  };
  process.once('exit', end);
  child.once('close', () => {
    process.off('exit', end);
  });
}

/** Makes Ctrl-C and SIGTERM an ordinary exit (130, 143), so that {@link endWithUs} gets its turn. */
export function exitOnSignals(): void {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}
