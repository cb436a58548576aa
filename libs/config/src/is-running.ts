/** Whether a process of this number runs on this machine, whoever's it is. It may be another than the one that had the number. */
export function isRunning(pid: number): boolean {
  // 0 and below stand for groups of processes.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
