import { describe, expect, it } from 'vitest';
import { Throughput } from './throughput.js';

describe('Throughput', () => {
  it('counts steps, and no pauses between them', () => {
    const throughput = new Throughput();
    throughput.begin(10);
    throughput.done(8, 11);
    throughput.done(8, 12);
    // A validation of a minute.
    throughput.begin(72);
    throughput.done(8, 74);
    expect(throughput.take()).toBe(24 / 4);
    throughput.done(2, 75);
    expect(throughput.take()).toBe(2);
  });

  it('is 0 before anything was done', () => {
    expect(new Throughput().take()).toBe(0);
  });
});
