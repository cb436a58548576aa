/**
 * Spreads at most so many pictures over a shot: of M candidates each may bring the number of taken ones up to its share
 * of the quota, so one that is skipped is made up for by the next.
 */
export class ShotQuota {
  private seen = 0;
  private taken = 0;

  /** @param candidates how many there are in the shot; @param quota how many of them may be taken, `undefined` for all */
  constructor(
    private readonly candidates: number,
    private readonly quota: number | undefined,
  ) {}

  /** Whether the next candidate may be taken. Call once for each. */
  allows(): boolean {
    this.seen += 1;
    if (this.quota === undefined || this.candidates <= this.quota) return true;
    return this.taken < Math.ceil((this.seen * this.quota) / this.candidates);
  }

  take(): void {
    this.taken += 1;
  }
}
