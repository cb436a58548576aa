import type { StepLosses } from '../steps/losses-record.js';

/** Means of what was added since the last time they were taken. */
export class LossMeans {
  private readonly sums = new Map<string, { sum: number; count: number }>();

  add(losses: StepLosses): void {
    for (const [name, value] of Object.entries(losses)) {
      const { sum, count } = this.sums.get(name) ?? { sum: 0, count: 0 };
      this.sums.set(name, { sum: sum + value, count: count + 1 });
    }
  }

  /** Takes them, and begins anew. Steps of another phase have other losses: each is divided by the steps that had it. */
  take(): Record<string, number> {
    const means = Object.fromEntries(Array.from(this.sums, ([name, { sum, count }]) => [name, sum / count]));
    this.sums.clear();
    return means;
  }
}
