import { describe, expect, it } from 'vitest';
import { LossMeans } from './loss-means.js';

describe('LossMeans', () => {
  it('gives the means since they were last taken', () => {
    const means = new LossMeans();
    means.add({ generator: 1, chroma: 4 });
    means.add({ generator: 2, chroma: 8 });
    expect(means.take()).toEqual({ generator: 1.5, chroma: 6 });
    means.add({ generator: 7 });
    expect(means.take()).toEqual({ generator: 7 });
    expect(means.take()).toEqual({});
  });

  it('divides each loss by the steps that had it: phases have others', () => {
    const means = new LossMeans();
    means.add({ discriminator: 3 });
    means.add({ discriminator: 5, generator: 2 });
    expect(means.take()).toEqual({ discriminator: 4, generator: 2 });
  });
});
