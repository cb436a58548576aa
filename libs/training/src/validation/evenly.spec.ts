import { describe, expect, it } from 'vitest';
import { evenly } from './evenly.js';

const list = Array.from({ length: 10 }, (_, i) => i);

describe('evenly', () => {
  it('spreads what it takes over the whole list', () => {
    expect(evenly(list, 5)).toEqual([0, 2, 4, 6, 8]);
    expect(evenly(list, 4)).toEqual([0, 2, 5, 7]);
    expect(evenly(list, 1)).toEqual([0]);
  });

  it('takes all of a short list, each once', () => {
    for (const most of [10, 11, Infinity]) expect(evenly(list, most)).toEqual(list);
    expect(evenly(list, 9)).toHaveLength(9);
    expect(new Set(evenly(list, 9)).size).toBe(9);
    expect(evenly([], 3)).toEqual([]);
    expect(evenly(list, 0)).toEqual([]);
  });
});
