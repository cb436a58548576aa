import type { StepLosses } from '../steps/losses-record.js';

/** Means of what was added since the last time they were taken. */
export class LossMeans {
  private sums: Record<string, number> = {};
  private count = 0;

  add(losses: StepLosses): void {
    for (const [name, value] of Object.entries(losses)) this.sums[name] = (this.sums[name] ?? 0) + value;
    this.count += 1;
  }

  /** Takes them, and begins anew. */
  take(): Record<string, number> {
    const means = Object.fromEntries(Object.entries(this.sums).map(([name, sum]) => [name, sum / this.count]));
    this.sums = {};
    this.count = 0;
    return means;
  }
}
