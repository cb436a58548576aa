import { describe, expect, it } from 'vitest';

import { threadShare } from './thread-share.js';

describe('the share of threads', () => {
  it.each([
    [2, 1],
    [5, 2],
    [16, 8],
  ])('of %i cores gives each direction of a CycleGAN %i', (cores, each) => {
    expect(threadShare({ kind: 'cycle' }, cores)).toEqual({ intraOp: each, interOp: 2 });
  });

  it('is left to TensorFlow on one core, and for one generator', () => {
    expect(threadShare({ kind: 'cycle' }, 1)).toBeUndefined();
    expect(threadShare({ kind: 'chroma' }, 16)).toBeUndefined();
  });
});
