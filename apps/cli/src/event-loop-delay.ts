import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;

/** Watches how long the main thread is kept from its events, milliseconds, over what a timer of 10 ms takes anyway. */
export function watchEventLoop(): { p99Ms: () => number; stop: () => void } {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    p99Ms: () => Math.max(0, histogram.percentile(99) / 1e6 - RESOLUTION_MS),
    stop: () => { histogram.disable(); }, // prettier-ignore
  };
}
