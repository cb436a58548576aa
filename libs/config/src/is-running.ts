import { readdirSync, readFileSync } from 'node:fs';

/**
 * Whether a process of this number runs on this machine, whoever's it is. It may be another than the one that had the number.
 * One that has ended, and whose parent takes no notice of that, does not run.
 */
export function isRunning(pid: number): boolean {
  // 0 and below stand for groups of processes.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !isZombie(pid);
}

/** By proc(5). A first thread may have ended before the others, which still have its files open then. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The state follows the program's name in parentheses, which may hold anything.
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2)) && readdirSync(`/proc/${pid}/task`).length <= 1;
  } catch (error) {
    // Gone by now. What cannot be seen (EACCES; ENOENT where there is no such folder at all) counts as running.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
