import { allProcesses, treeOf } from '../memory/process-tree.js';
import type { ServiceWorld } from './service-world.js';

const SAMPLE_MS = 200;

/**
 * Looks at the resident memory of every service, with the ffmpegs that it runs, five times a second. Linux only.
 * @returns stops it and gives the peaks in bytes: by name of the service, and as `all` of their sum at one moment
 */
export function watchServices({ services }: Pick<ServiceWorld, 'services'>): () => Readonly<Record<string, number>> {
  const peaks: Record<string, number> = { all: 0 };
  const look = (): void => {
    const now = allProcesses();
    const pids = [...services.processes].map(([name, { pid }]) => [name, pid] as const);
    let all = 0;
    for (const [name, pid] of [...pids, ['nats', services.server?.pid] as const]) {
      if (pid === undefined) continue;
      const bytes = treeOf(pid, now).reduce((sum, { rss }) => sum + rss, 0);
      peaks[name] = Math.max(peaks[name] ?? 0, bytes);
      all += bytes;
    }
    peaks['all'] = Math.max(peaks['all']!, all);
  };
  look();
  const timer = setInterval(look, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    return peaks;
  };
}
