import { describe, expect, it } from 'vitest';
import { SceneCuts } from './scene-cuts.js';

const [WIDTH, HEIGHT] = [96, 64];

/** A smooth picture that depends on `scene`, moved by `shift` pixels, brighter by `lift`. */
function picture(scene: number, shift = 0, lift = 0): Uint8Array {
  return Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [(i % WIDTH) + shift, Math.floor(i / WIDTH)];
    const level =
      scene === 0 ? 90 + 60 * Math.sin(x / 17) * Math.cos(y / 13) : 150 - 70 * Math.cos((x + y) / 9) * Math.sin(y / 21);
    return Math.min(255, Math.max(0, Math.round(level + lift)));
  });
}

const cutsOf = (frames: readonly Uint8Array[]): number[] => {
  const cuts = new SceneCuts();
  return frames.flatMap((frame, i) => (cuts.isCut(frame, WIDTH, HEIGHT) ? [i] : []));
};

describe('SceneCuts', () => {
  it('finds the first frame and every hard cut', () => {
    const frames = [0, 0, 0, 1, 1, 1, 1, 0, 0].map((scene) => picture(scene));
    expect(cutsOf(frames)).toEqual([0, 3, 7]);
  });

  it('takes a pan for one shot', () => {
    expect(cutsOf(Array.from({ length: 30 }, (_, i) => picture(0, 3 * i)))).toEqual([0]);
  });

  it('takes a flickering lamp for one shot', () => {
    expect(cutsOf(Array.from({ length: 20 }, (_, i) => picture(0, 0, i % 2 === 0 ? 0 : 25)))).toEqual([0]);
  });

  it('finds a cut in the middle of a pan', () => {
    const frames = Array.from({ length: 20 }, (_, i) => picture(i < 10 ? 0 : 1, 2 * i));
    expect(cutsOf(frames)).toEqual([0, 10]);
  });

  it('goes on from a snapshot as if it had not stopped', () => {
    const frames = [0, 0, 0, 1, 1, 0].map((scene, i) => picture(scene, i));
    const first = new SceneCuts();
    for (const frame of frames.slice(0, 3)) first.isCut(frame, WIDTH, HEIGHT);
    const second = new SceneCuts();
    second.restore(JSON.parse(JSON.stringify(first.snapshot())) as ReturnType<SceneCuts['snapshot']>);
    expect(frames.slice(3).map((frame) => second.isCut(frame, WIDTH, HEIGHT))).toEqual([true, false, true]);
  });
});
