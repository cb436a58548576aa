import { describe, expect, it } from 'vitest';
import { scheduleOf, scheduleSchema } from './schedule-schema.js';

describe('scheduleOf', () => {
  /** Rates at the beginning, in the middle and at the end of 1000 steps. */
  const rates = (config: unknown): number[] => {
    const schedule = scheduleOf(scheduleSchema.parse(config));
    return [0, 500, 999].map((step) => schedule(step, 1000).rate);
  };

  it('makes the schedule of every kind', () => {
    expect(rates({ kind: 'constant', rate: 0.2 })).toEqual([0.2, 0.2, 0.2]);
    const linear = rates({ kind: 'linear', rate: 0.2, constantShare: 0.75 });
    expect(linear.slice(0, 2)).toEqual([0.2, 0.2]);
    expect(linear[2]).toBeLessThan(0.01);
    const oneCycle = rates({ kind: 'one-cycle', peak: 0.2 });
    expect(oneCycle[0]).toBeCloseTo(0.02, 6);
    expect(oneCycle[1]).toBeCloseTo(0.2, 3);
    expect(oneCycle[2]).toBeLessThan(0.001);
    const cosine = rates({ kind: 'cosine', peak: 0.2, warmUp: 10, floor: 0.5 });
    expect(cosine[0]).toBeLessThan(0.05);
    expect(cosine[1]).toBeGreaterThan(0.14);
    expect(cosine[2]).toBeCloseTo(0.1, 3);
  });

  it('says which kinds there are, and takes no momentum that learns nothing', () => {
    const wrong = scheduleSchema.safeParse({ kind: 'step', rate: 0.1 });
    expect(wrong.error?.issues.map(({ message }) => message)).toEqual([
      'The kind of a schedule is constant, linear, one-cycle or cosine.',
    ]);
    for (const momentum of [[1, 0.5], [0.5, -3]]) expect(scheduleSchema.safeParse({ kind: 'one-cycle', peak: 1, momentum }).success).toBe(false); // prettier-ignore
    expect(scheduleSchema.safeParse({ kind: 'constant' }).error?.issues[0]?.message).not.toContain(
      'kind of a schedule',
    );
  });

  it('knows no other kind, and no rate of 0', () => {
    expect(scheduleSchema.safeParse({ kind: 'step', rate: 0.1 }).success).toBe(false);
    expect(scheduleSchema.safeParse({ kind: 'constant', rate: 0 }).success).toBe(false);
    expect(scheduleSchema.safeParse({ kind: 'constant', peak: 0.1 }).success).toBe(false);
  });
});
