import { describe, expect, it } from 'vitest';
import { firstStageOf } from './first-stage.js';

/** Ten steps an epoch, twenty, and five. */
const stages = [
  { epochs: 2, steps: 20 },
  { epochs: 1, steps: 20 },
  { epochs: 3, steps: 15 },
];
const first = (step: number, stage: number, epoch: number, batch: number): number | undefined =>
  firstStageOf({ step, stage, epoch, batch }, stages);

describe('firstStageOf', () => {
  it('tells with which stage a run began', () => {
    expect([first(0, 0, 0, 0), first(13, 0, 1, 3), first(20, 1, 0, 0), first(42, 2, 0, 2), first(55, 3, 0, 0)]).toEqual([0, 0, 0, 0, 0]); // prettier-ignore
    expect([first(0, 1, 0, 0), first(7, 1, 0, 7), first(22, 2, 0, 2), first(35, 3, 0, 0)]).toEqual([1, 1, 1, 1]);
    expect([first(0, 2, 0, 0), first(6, 2, 1, 1), first(15, 3, 0, 0)]).toEqual([2, 2, 2]);
  });

  it('knows a run that was stopped between an epoch and its validation', () => {
    expect([first(10, 0, 0, 10), first(20, 0, 1, 10)]).toEqual([0, 0]);
  });

  it('knows what no run comes to', () => {
    expect([first(14, 0, 1, 3), first(3, 1, 0, 2), first(60, 2, 0, 2)]).toEqual([undefined, undefined, undefined]);
    expect([first(50, 2, 7, 900), first(20, 0, 2, 0), first(11, 0, 0, 11)]).toEqual([undefined, undefined, undefined]);
    expect([first(55, 4, 0, 0), first(56, 3, 0, 1)]).toEqual([undefined, undefined]);
  });
});
