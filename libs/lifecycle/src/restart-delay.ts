/** How one ends that somebody has told to drain, as for a restart: no crash, however short its life. */
const DRAINED = 'exit code 0';
/** After so long a life a crash counts as the first one. */
const LONG_LIFE_MS = 30_000;
const [FIRST_DELAY_MS, LONGEST_DELAY_MS] = [100, 5_000];

/**
 * How long to wait before a process is started again, milliseconds: 200 after a first crash, and twice as long after each
 * that follows it closely, up to 5 s.
 * @param before the wait before the life that has ended; undefined before the first one
 * @param how it ended: `exit code N` or the signal's name
 * @param lifeMs how long it lived
 */
export function restartDelay(before: number | undefined, how: string, lifeMs: number): number {
  if (how === DRAINED || lifeMs > LONG_LIFE_MS) return FIRST_DELAY_MS;
  return Math.min(2 * (before ?? FIRST_DELAY_MS), LONGEST_DELAY_MS);
}
