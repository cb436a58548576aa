import type { SteadyFrame } from '@kinemacolor/pipeline';
import { describe, expect, it } from 'vitest';
import { ShotQuality, type Painter, type Quality } from './shot-quality.js';

const [WIDTH, HEIGHT] = [32, 24];
const PAINTER: Painter = { model: 'm', modelVersion: '1' };

/** A frame of one luma whose left half has one chroma and whose right half the opposite one. */
function frame(index: number, distance: number, cut = false): SteadyFrame {
  const plane = (sign: number): Uint8Array =>
    Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => 128 + (i % WIDTH < WIDTH / 2 ? sign : -sign) * distance);
  return { index, pts: BigInt(index), luma: new Uint8Array(WIDTH * HEIGHT).fill(120), u: plane(1), v: plane(-1), cut };
}

function told(frames: Iterable<readonly [SteadyFrame, Painter]>): (Quality & Painter)[] {
  const all: (Quality & Painter)[] = [];
  const quality = new ShotQuality(WIDTH, HEIGHT, (one, { model, modelVersion }) =>
    all.push({ ...one, model, modelVersion }),
  );
  for (const [one, painter] of frames) quality.add(one, painter);
  quality.end();
  quality.end();
  return all;
}

describe('ShotQuality', () => {
  it('tells of each shot once: grey is grey, stronger colours are more colourful', () => {
    const distances = [0, 10, 40];
    const shots = told(
      distances.flatMap((distance, shot) =>
        Array.from({ length: 30 }, (_, i) => [frame(30 * shot + i, distance, i === 0), PAINTER] as const),
      ),
    );
    expect(shots).toHaveLength(3);
    const [grey, faint, strong] = shots.map(({ colourfulness }) => colourfulness) as [number, number, number];
    expect(grey).toBe(0);
    expect(faint).toBeGreaterThan(5);
    expect(strong).toBeGreaterThan(2 * faint);
    expect(shots.map(({ flicker }) => flicker)).toEqual([0, 0, 0]);
  });

  it('tells how much still pixels change their colours, and does not take a cut for it', () => {
    // 6 levels up and down; the second shot is steady.
    const flickering = Array.from({ length: 24 }, (_, i) => [frame(i, 20 + 6 * (i % 2), i === 0), PAINTER] as const);
    const steady = Array.from({ length: 24 }, (_, i) => [frame(24 + i, 80, i === 0), PAINTER] as const);
    expect(told([...flickering, ...steady]).map(({ flicker }) => flicker)).toEqual([6, 0]);
  });

  it('tells a shot under what painted its first frame', () => {
    const other = { model: 'n', modelVersion: '2' };
    const frames = Array.from(
      { length: 20 },
      (_, i) => [frame(i, 9, i === 0 || i === 10), i < 11 ? PAINTER : other] as const,
    );
    expect(told(frames).map(({ model }) => model)).toEqual(['m', 'm']);
  });

  it('says nothing of no frames, and no flicker of one', () => {
    expect(told([])).toEqual([]);
    expect(told([[frame(0, 9, true), PAINTER]])[0]!.flicker).toBeUndefined();
  });
});
