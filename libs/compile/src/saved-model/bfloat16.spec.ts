import { describe, expect, it } from 'vitest';
import { randomSource } from '../testing/samples.js';
import { toBfloat16 } from './bfloat16.js';

/** The value of a bfloat16: the upper half of a float32. */
function valueOf(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;
}

/** All finite values of bfloat16, in order, with their bits. */
const FINITE = Array.from({ length: 0x7f80 }, (_, bits) => ({ bits, value: valueOf(bits) }));

/** By the definition: the nearest value, of two equally near the one with an even last bit; beyond the last, infinity. */
function slowly(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const size = Math.abs(x);
  if (size === Infinity) return sign | 0x7f80;
  let [low, high] = [0, FINITE.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (FINITE[middle]!.value <= size) low = middle;
    else high = middle;
  }
  const above = FINITE[low + 1] ?? { bits: 0x7f80, value: 2 ** 128 };
  const [down, up] = [size - FINITE[low]!.value, above.value - size];
  if (down === up) return sign | (FINITE[low]!.bits % 2 === 0 ? low : above.bits);
  return sign | (down < up ? low : above.bits);
}

const bitsOf = (...values: number[]): number[] => [...toBfloat16(Float32Array.from(values))];

describe('toBfloat16', () => {
  it.each<[string, number, number]>([
    ['one', 1, 0x3f80],
    ['minus two', -2, 0xc000],
    ['zero', 0, 0],
    ['minus zero', -0, 0x8000],
    ['a tie, down to even', 1 + 2 ** -8, 0x3f80],
    ['a tie, up to even', 1 + 3 * 2 ** -8, 0x3f82],
    ['just above a tie', 1 + 2 ** -8 + 2 ** -23, 0x3f81],
    ['infinity', Infinity, 0x7f80],
    ['minus infinity', -Infinity, 0xff80],
    ['the largest float32', 3.4028234663852886e38, 0x7f80],
    ['the largest that stays finite', 3.3895313892515355e38, 0x7f7f],
    ['the smallest denormal of float32', 2 ** -149, 0],
    ['the smallest denormal of bfloat16', 2 ** -133, 1],
    ['half of it', 2 ** -134, 0],
    ['three halves of it', 3 * 2 ** -134, 2],
  ])('rounds %s', (_, value, expected) => {
    expect(slowly(value)).toBe(expected);
    expect(bitsOf(value)).toEqual([expected]);
  });

  it('rounds 60,000 floats of all sizes as the definition does', () => {
    const random = randomSource(7);
    const bits = Uint32Array.from({ length: 60_000 }, () => Math.floor(random() * 2 ** 32));
    // Every eighth a tie, which chance would hardly make.
    const tied = bits.map((word, i) => (i % 8 === 0 ? ((word & 0xffff_0000) | 0x8000) >>> 0 : word));
    const values = new Float32Array(tied.buffer).filter((value) => !Number.isNaN(value));
    expect(values.length).toBeGreaterThan(50_000);
    const rounded = toBfloat16(values);
    const wrong = [...values].findIndex((value, i) => slowly(value) !== rounded[i]);
    expect(values[wrong]).toBeUndefined();
  });

  it('keeps what bfloat16 can hold', () => {
    const values = Float32Array.from(FINITE, ({ value }) => value);
    expect([...toBfloat16(values)]).toEqual(FINITE.map(({ bits }) => bits));
  });

  it('keeps NaN a NaN, also one whose upper half looks like infinity', () => {
    const words = Uint32Array.of(0x7fc0_0000, 0x7f80_0001, 0xff80_0001, 0xffff_ffff, 0x7fff_ffff);
    for (const bits of toBfloat16(new Float32Array(words.buffer))) expect(valueOf(bits)).toBeNaN();
  });

  it('reads a part of a buffer', () => {
    const values = Float32Array.of(9, 1, -2, 9).subarray(1, 3);
    expect([...toBfloat16(values)]).toEqual([0x3f80, 0xc000]);
  });
});
