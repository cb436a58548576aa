import { describe, expect, it } from 'vitest';
import { Letterbox } from './letterbox.js';

const film = { width: 640, height: 360 };
const lit = (left: number, top: number, right: number, bottom: number) => ({ left, top, width: 640 - left - right, height: 360 - top - bottom }); // prettier-ignore

function cropOf(boxes: readonly (ReturnType<typeof lit> | undefined)[]): ReturnType<Letterbox['crop']> {
  const letterbox = new Letterbox(film);
  for (const box of boxes) letterbox.add(box);
  return letterbox.crop();
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('Letterbox', () => {
  it('takes the bars that nearly all frames have, with a margin, on even lines', () => {
    expect(cropOf(times(200, lit(0, 40, 0, 41)))).toEqual({ left: 0, top: 42, width: 640, height: 274 });
    expect(cropOf([...times(197, lit(0, 40, 0, 41)), ...times(3, lit(0, 0, 0, 0))])).toMatchObject({ top: 42 });
  });

  it('takes none where some scenes fill them, where there is nothing, and where edges are thin', () => {
    expect(cropOf([...times(180, lit(0, 40, 0, 40)), ...times(20, lit(0, 0, 0, 0))])).toBeUndefined();
    expect(cropOf([])).toBeUndefined();
    expect(cropOf(times(50, undefined))).toBeUndefined();
    expect(cropOf(times(50, lit(3, 0, 2, 1)))).toBeUndefined();
  });

  it('does not take darkness for bars: dark scenes say more, and a film dark all through is left whole', () => {
    expect(cropOf([...times(150, lit(0, 120, 0, 100)), ...times(50, lit(0, 40, 0, 40)), ...times(30, undefined)])).toEqual({ left: 0, top: 42, width: 640, height: 276 }); // prettier-ignore
    expect(cropOf(times(50, lit(0, 120, 0, 120)))).toBeUndefined();
  });
});
