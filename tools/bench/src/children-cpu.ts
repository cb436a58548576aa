import { readFileSync } from 'node:fs';

/** Clock ticks a second in /proc: 100 on every Linux that Node runs on. */
const TICKS = 100;

/**
 * User and system CPU seconds of all ended and waited-for child processes of this one, theirs included. The difference
 * of two readings is what a command that ran in between took. NaN where there is no /proc.
 */
export function childrenCpuSeconds(): number {
  if (process.platform !== 'linux') return NaN;
  return childTicks(readFileSync('/proc/self/stat', 'utf8')) / TICKS;
}

/** `cutime` and `cstime` of a line of /proc/<pid>/stat; the name in it may hold blanks and brackets. */
export function childTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[13]) + Number(fields[14]);
}
