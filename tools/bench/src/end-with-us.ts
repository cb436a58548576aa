import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();

/** The child is ended when this process exits before it. */
export function endWithUs(child: ChildProcess): void {
  // One listener for all: a bench may have a dozen children.
  if (running.size === 0) process.once('exit', endAll);
  running.add(child);
  child.once('close', () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', endAll);
  });
}

function endAll(): void {
  for (const child of running) child.kill();
}

/** Makes Ctrl-C and SIGTERM an ordinary exit (130, 143), so that {@link endWithUs} gets its turn. */
export function exitOnSignals(): void {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}
