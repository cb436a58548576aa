import { allProcesses, type ProcessMemory, treeOf } from './process-tree.js';

const SAMPLE_MS = 100;

/** Peaks in bytes. */
export interface Peaks {
  /** The largest sum over all processes at one moment. */
  readonly total: number;
  /** The largest sum over the processes of one name at one moment, by name. */
  readonly byName: Readonly<Record<string, number>>;
}

/** Keeps the peaks of samples. */
export class PeakMemory {
  private total = 0;
  private readonly byName = new Map<string, number>();

  add(processes: readonly ProcessMemory[]): void {
    const now = new Map<string, number>();
    for (const { name, rss } of processes) now.set(name, (now.get(name) ?? 0) + rss);
    for (const [name, rss] of now) this.byName.set(name, Math.max(rss, this.byName.get(name) ?? 0));
    this.total = Math.max(this.total, [...now.values()].reduce((sum, rss) => sum + rss, 0)); // prettier-ignore
  }

  peaks(): Peaks {
    return { total: this.total, byName: Object.fromEntries(this.byName) };
  }
}

/** Looks at a process and all below it ten times a second. @returns stops it and gives the peaks */
export function watchMemory(root: number): () => Peaks {
  const memory = new PeakMemory();
  const look = (): void => {
    memory.add(treeOf(root, allProcesses()));
  };
  look();
  const timer = setInterval(look, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    return memory.peaks();
  };
}
