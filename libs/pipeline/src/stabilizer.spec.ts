import { describe, expect, it } from 'vitest';
import { Flicker } from '@kinemacolor/quality';
import { Stabilizer, type SmallFrame } from './stabilizer.js';

const [WIDTH, HEIGHT] = [96, 64];

/** Repeatable noise in −1..1. */
function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x8000_0000 - 1;
  };
}

/** A scene with texture and two colours, seen from `left`, with chroma noise as a generator without memory makes it. */
function frame(left: number, chromaNoise: number, random: () => number, grain = 0): SmallFrame {
  const at = (i: number): [number, number] => [(i % WIDTH) + left, Math.floor(i / WIDTH)];
  const clamp = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));
  const plane = (value: (x: number, y: number) => number, amount: number): Uint8Array =>
    Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => clamp(value(...at(i)) + amount * random()));
  return {
    luma: plane((x, y) => 128 + 50 * Math.sin(x / 5) + 30 * Math.sin(y / 7 + x / 11), grain),
    u: plane(trueU, chromaNoise),
    v: plane((x) => 256 - trueU(x), chromaNoise),
  };
}

/** Stripes of two colours, 12 pixels wide. */
const trueU = (x: number): number => (Math.floor(x / 12) % 2 === 0 ? 110 : 150);

function run(frames: readonly SmallFrame[], strength: number): { u: Uint8Array; v: Uint8Array }[] {
  const stabilizer = new Stabilizer(strength, WIDTH, HEIGHT);
  return frames.map((each, i) => stabilizer.next(each, i === 0));
}

function flickerOf(frames: readonly SmallFrame[], steady: readonly { u: Uint8Array; v: Uint8Array }[]): number {
  const flicker = new Flicker();
  frames.forEach(({ luma }, i) => { flicker.add({ width: WIDTH, height: HEIGHT, y: luma, ...steady[i]! }); }); // prettier-ignore
  return flicker.value();
}

/** Mean |error| of U against the truth, away from the border that came into view. */
function errorOf(left: number, { u }: { u: Uint8Array }): number {
  let [sum, count] = [0, 0];
  for (let y = 8; y < HEIGHT - 8; y++) {
    for (let x = 8; x < WIDTH - 8; x++, count++) sum += Math.abs(u[y * WIDTH + x]! - trueU(x + left));
  }
  return sum / count;
}

describe('Stabilizer', () => {
  it('takes more than half of the flicker out of a still shot, grain or not', () => {
    for (const grain of [0, 3]) {
      const random = noise(1);
      const frames = Array.from({ length: 24 }, () => frame(0, 8, random, grain));
      const raw = flickerOf(frames, run(frames, 0));
      expect(flickerOf(frames, run(frames, 0.7))).toBeLessThan(0.5 * raw);
    }
  });

  it('does not smear a pan: the colours stay where their things are, and are steadier than without', () => {
    const random = noise(2);
    const lefts = Array.from({ length: 24 }, (_, i) => 2 * i);
    const frames = lefts.map((left) => frame(left, 8, random));
    const [raw, steady] = [run(frames, 0), run(frames, 0.7)].map((result) => errorOf(lefts.at(-1)!, result.at(-1)!));
    expect(steady).toBeLessThan(raw!);
    // Without the search for the pan the stripes would run into each other by tens of levels.
    expect(steady).toBeLessThan(4);
  });

  it('gives what moves inside a still picture its own colour', () => {
    const still = frame(0, 0, noise(3));
    const before = { ...still, u: Uint8Array.from(still.u) };
    const after = { luma: Uint8Array.from(still.luma), u: Uint8Array.from(still.u), v: still.v };
    for (let y = 20; y < 40; y++) {
      for (let x = 30; x < 60; x++) {
        after.luma[y * WIDTH + x] = 250;
        after.u[y * WIDTH + x] = 60;
      }
    }
    const [, steady] = run([before, after], 0.9);
    expect(steady!.u[30 * WIDTH + 45]).toBe(60);
    expect(steady!.u[10 * WIDTH + 10]).toBe(still.u[10 * WIDTH + 10]);
  });

  it('uses nothing from before a cut, and nothing at all at strength 0', () => {
    const random = noise(4);
    const [a, b] = [frame(0, 8, random), frame(0, 8, random)];
    const stabilizer = new Stabilizer(0.9, WIDTH, HEIGHT);
    stabilizer.next(a, true);
    expect(stabilizer.next(b, true)).toEqual({ u: b.u, v: b.v });
    expect(run([a, b], 0)[1]).toEqual({ u: b.u, v: b.v });
  });

  it('refuses a strength that would never forget', () => {
    expect(() => new Stabilizer(1, 8, 8)).toThrow(RangeError);
  });
});
