/** Pictures a second while steps run: pauses between them (validation, checkpoints) do not count. */
export class Throughput {
  private pictures = 0;
  private seconds = 0;
  private since: number | undefined;

  /** A step begins to be waited for. @param now seconds on any clock */
  begin(now: number): void {
    this.since = now;
  }

  /** It is done; the next one is waited for. */
  done(pictures: number, now: number): void {
    this.pictures += pictures;
    this.seconds += now - (this.since ?? now);
    this.since = now;
  }

  /** Pictures a second since the last time that it was taken; begins anew. */
  take(): number {
    const rate = this.seconds > 0 ? this.pictures / this.seconds : 0;
    this.pictures = 0;
    this.seconds = 0;
    return rate;
  }
}
