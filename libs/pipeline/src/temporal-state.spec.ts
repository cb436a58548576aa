import { describe, expect, it } from 'vitest';
import { SceneCuts } from './scene-cuts.js';
import { Stabilizer, type SmallFrame } from './stabilizer.js';
import { packTemporalState, restoreTemporalState } from './temporal-state.js';

const [WIDTH, HEIGHT] = [33, 17];

const frame = (seed: number): SmallFrame => {
  const plane = (k: number): Uint8Array =>
    Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i * k + seed * 7) & 255);
  return { luma: plane(3), u: plane(5), v: plane(11) };
};

describe('the stages’ state as bytes', () => {
  it('makes another run paint what the first would have painted', () => {
    const [cuts, stabilizer] = [new SceneCuts(), new Stabilizer(0.8, WIDTH, HEIGHT)];
    for (const seed of [1, 2, 3]) stabilizer.next(frame(seed), cuts.isCut(frame(seed).luma, WIDTH, HEIGHT));
    const bytes = packTemporalState(cuts, stabilizer);
    const [cutsAgain, stabilizerAgain] = [new SceneCuts(), new Stabilizer(0.8, WIDTH, HEIGHT)];
    restoreTemporalState(bytes, cutsAgain, stabilizerAgain);
    expect(cutsAgain.snapshot()).toEqual(cuts.snapshot());
    expect(stabilizerAgain.next(frame(4), false)).toEqual(stabilizer.next(frame(4), false));
  });

  it('holds an empty state', () => {
    const bytes = packTemporalState(new SceneCuts(), new Stabilizer(0.5, WIDTH, HEIGHT));
    const stabilizer = new Stabilizer(0.5, WIDTH, HEIGHT);
    restoreTemporalState(bytes, new SceneCuts(), stabilizer);
    expect(stabilizer.snapshot()).toBeUndefined();
  });

  it('refuses bytes that are cut short', () => {
    const stabilizer = new Stabilizer(0.8, WIDTH, HEIGHT);
    stabilizer.next(frame(1), true);
    const bytes = packTemporalState(new SceneCuts(), stabilizer);
    expect(() => { restoreTemporalState(bytes.subarray(0, -1), new SceneCuts(), stabilizer); }).toThrow('cut short'); // prettier-ignore
  });
});
