import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { poolDecisions, type PoolDecision } from './decisions.js';
import { ImagePool } from './image-pool.js';

interface Reference {
  readonly capacity: number;
  readonly queries: readonly { batch: number[]; decisions: PoolDecision[]; given: number[] }[];
  readonly held: readonly number[][];
}
/** The public pool's sequence: tools/torch-fixtures/pool.py */
const reference = JSON.parse(readFileSync(new URL('fixtures/pytorch.json', import.meta.url), 'utf8')) as Reference;

/** Pictures of three numbers that say where they come from. */
const batchOf = (step: number, pictures: number): Float32Array =>
  Float32Array.from({ length: 3 * pictures }, (_, i) => step + i / 100);

describe('ImagePool', () => {
  it('gives out and keeps what the public pool does, for the same decisions', () => {
    const pool = new ImagePool({ capacity: reference.capacity, seed: 0, stream: 0 });
    const swaps = reference.queries.flatMap(({ decisions }) => decisions).filter(({ swap }) => swap);
    expect(swaps.length).toBeGreaterThan(4);
    for (const [step, { batch, decisions, given }] of reference.queries.entries()) {
      const out = pool.query(Float32Array.from(batch), decisions.length, step, decisions);
      expect(out).toEqual(Float32Array.from(given));
    }
    expect(pool.state().pictures).toEqual(reference.held.map((picture) => Float32Array.from(picture)));
  });

  it('passes everything through without capacity', () => {
    const pool = new ImagePool({ capacity: 0, seed: 1, stream: 0 });
    const batch = batchOf(0, 2);
    expect(pool.query(batch, 2, 0)).toBe(batch);
    expect(pool.state().pictures).toEqual([]);
  });

  it('goes on exactly from its state, and shares no memory with it or with what it is given', () => {
    const options = { capacity: 4, seed: 7, stream: 1 };
    const undisturbed = new ImagePool(options);
    const stopped = new ImagePool(options);
    for (let step = 0; step < 10; step++) {
      const given = batchOf(step, 2);
      expect(undisturbed.query(batchOf(step, 2), 2, step)).toEqual(stopped.query(given, 2, step));
      expect(given).toEqual(batchOf(step, 2));
      given.fill(-1);
    }
    const state = stopped.state();
    const resumed = new ImagePool(options, state);
    for (const picture of state.pictures) picture.fill(-1);
    for (let step = 10; step < 40; step++) {
      expect(resumed.query(batchOf(step, 2), 2, step)).toEqual(undisturbed.query(batchOf(step, 2), 2, step));
    }
    expect(resumed.state()).toEqual(undisturbed.state());
    expect(resumed.state()).not.toEqual(stopped.state());
  });

  it('gives out older pictures in half of the cases', () => {
    const pool = new ImagePool({ capacity: 5, seed: 3, stream: 0 });
    let older = 0;
    for (let step = 0; step < 500; step++) {
      for (const value of pool.query(batchOf(step, 2), 2, step)) if (value < step) older += 1 / 6;
    }
    expect(older / 500).toBeGreaterThan(0.43);
    expect(older / 500).toBeLessThan(0.57);
  });

  it('takes pictures of one size, until it is cleared', () => {
    const pool = new ImagePool({ capacity: 2, seed: 1, stream: 0 });
    pool.query(new Float32Array(6), 2, 0);
    expect(() => pool.query(new Float32Array(8), 2, 1)).toThrow(RangeError);
    pool.clear();
    expect(pool.query(new Float32Array(8), 2, 1)).toHaveLength(8);
    expect(() => pool.query(new Float32Array(8), 3, 2)).toThrow(RangeError);
  });

  it('refuses a capacity without a meaning, and a state that does not fit', () => {
    expect(() => new ImagePool({ capacity: -1, seed: 1, stream: 0 })).toThrow('cannot hold -1');
    expect(() => new ImagePool({ capacity: 1.5, seed: 1, stream: 0 })).toThrow(RangeError);
    const state = { pictures: [new Float32Array(1), new Float32Array(1)] };
    expect(() => new ImagePool({ capacity: 1, seed: 1, stream: 0 }, state)).toThrow('2 pictures do not fit');
  });
});

describe('poolDecisions', () => {
  const all = (seed: number, stream: number): PoolDecision[] =>
    Array.from({ length: 4000 }, (_, step) => poolDecisions({ seed, stream, step }, 1, 50)[0]!);

  it('swaps half of the pictures, with every slot alike', () => {
    for (const decisions of [all(0, 0), all(1, 0), poolDecisions({ seed: 5, stream: 2, step: 3 }, 4000, 50)]) {
      const swaps = decisions.filter(({ swap }) => swap);
      expect(swaps.length / 4000).toBeGreaterThan(0.46);
      expect(swaps.length / 4000).toBeLessThan(0.54);
      const counts = Array.from({ length: 50 }, (_, slot) => decisions.filter((one) => one.slot === slot).length);
      expect(Math.min(...counts)).toBeGreaterThan(40);
      expect(Math.max(...counts)).toBeLessThan(125);
    }
  });

  it('is the same for the same step, and another for another step, stream or seed', () => {
    expect(all(3, 1)).toEqual(all(3, 1));
    const alike = (a: PoolDecision[], b: PoolDecision[]): number =>
      a.filter((one, i) => one.swap === b[i]!.swap && one.slot === b[i]!.slot).length / a.length;
    for (const other of [all(4, 1), all(3, 2), all(3, 1).slice(1)]) expect(alike(other, all(3, 1))).toBeLessThan(0.03);
  });
});
