import { readFileSync } from 'node:fs';
import { childrenCpuSeconds, childTicks } from '../children-cpu.js';
import { allProcesses, treeOf } from '../memory/process-tree.js';

/** Clock ticks a second in /proc: 100 on every Linux that Node runs on. */
const TICKS = 100;

/** `utime` and `stime` of a line of /proc/<pid>/stat, of the process itself with all its threads. */
export function ownTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/**
 * User and system CPU seconds of a process with all its threads and its ended children, to a hundredth.
 * @returns undefined when there is no such process any more. Linux only
 */
export function cpuSecondsOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return (ownTicks(stat) + childTicks(stat)) / TICKS;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

/**
 * CPU seconds of everything that this process has started, directly or not, ended or running, without its own. The difference of
 * two readings is what all of that took in between, whoever of it ended meanwhile. Linux only.
 */
export function descendantsCpuSeconds(): number {
  for (;;) {
    const below = treeOf(process.pid, allProcesses()).filter(({ pid }) => pid !== process.pid);
    const each = below.map(({ pid }) => cpuSecondsOf(pid));
    // One that ended between the readings would be counted by none: its parent's were read before. So all are read anew.
    if (each.includes(undefined)) continue;
    return childrenCpuSeconds() + each.reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0);
  }
}
