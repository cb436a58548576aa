import { describe, expect, it } from 'vitest';
import { stageRange } from './stage-range.js';

describe('stageRange', () => {
  it.each([
    [undefined, 0, 3],
    ['1', 0, 0],
    ['4', 3, 3],
    ['2-3', 1, 2],
    ['2-2', 1, 1],
    ['2-', 1, 3],
    ['1-4', 0, 3],
  ])('reads %s of four stages', (text, first, last) => {
    expect(stageRange(text, 4)).toEqual({ first, last });
  });

  it.each(['0', '0-2', '5', '5-', '2-5', '3-2', '', '-', '-2', '2-x', 'all', '1-2-3', '1.5', ' 2'])(
    'refuses "%s" of four stages',
    (text) => {
      expect(() => stageRange(text, 4)).toThrow(
        expect.objectContaining({ code: 'BAD_CONFIG', message: expect.stringContaining('1 to 4') as string }),
      );
    },
  );
});
