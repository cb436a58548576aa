/** Where in the run a point lies. */
export interface Where {
  /** Of the last line that the point is made of. */
  readonly step: number;
  readonly stage: number;
  readonly epoch: number;
  /** Pixels a side, where known. */
  readonly size?: number;
  readonly phase?: string;
}

export interface Point {
  readonly where: Where;
  /** Means by name; a name that no line of the point had a number for is left out. */
  readonly values: ReadonlyMap<string, number>;
}

/** Most points a series is drawn with: more than a chart has pixels. */
export const MOST_POINTS = 2000;

/**
 * Makes many lines into few points by means: every `linesPerPoint` lines one, and never one over two stages, whose
 * losses do not compare.
 */
export class ThinSeries {
  readonly points: Point[] = [];
  private readonly linesPerPoint: number;
  private lines = 0;
  private where: Where | undefined;
  private sums = new Map<string, { sum: number; n: number }>();

  /** @param lines how many will be added at most */
  constructor(lines: number) {
    this.linesPerPoint = Math.max(1, Math.ceil(lines / MOST_POINTS));
  }

  add(where: Where, values: Iterable<readonly [name: string, value: number | null]>): void {
    if (this.where !== undefined && this.where.stage !== where.stage) this.finish();
    this.where = where;
    for (const [name, value] of values) {
      if (value === null) continue;
      const { sum, n } = this.sums.get(name) ?? { sum: 0, n: 0 };
      this.sums.set(name, { sum: sum + value, n: n + 1 });
    }
    this.lines += 1;
    if (this.lines === this.linesPerPoint) this.finish();
  }

  /** Makes a point of what was added since the last one. */
  finish(): void {
    if (this.where === undefined) return;
    const values = new Map([...this.sums].map(([name, { sum, n }]) => [name, sum / n] as const));
    this.points.push({ where: this.where, values });
    this.lines = 0;
    this.where = undefined;
    this.sums = new Map();
  }
}
