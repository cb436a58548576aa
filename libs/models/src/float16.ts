import { ModelError } from './model-error.js';

/** Half precision has ten bits after the point, and its smallest exponent is −14. */
const FRACTION_BITS = 10;
const SMALLEST_EXPONENT = -14;
const INFINITY_BITS = 0x7c00;

/**
 * The nearest IEEE 754 half-precision number of each value, ties to even, as its 16 bits: at most 2⁻¹¹ of the value off,
 * and below 2⁻¹⁴ at most 2⁻²⁵. tfjs reads such bits and cannot write them.
 * @throws ModelError `UNSUPPORTED` for what half precision does not hold: 65,520 and more, infinities and NaN
 */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(values, (value, i) => {
    // A larger exponent than that of the value itself for the smallest ones: they have fewer digits.
    const exponent = Math.max(((bits[i]! >>> 23) & 0xff) - 127, SMALLEST_EXPONENT);
    const steps = roundToEven(Math.abs(value) * 2 ** (FRACTION_BITS - exponent));
    // A step count that was rounded up to the next power of two carries into the exponent, as it should.
    const half = ((exponent - SMALLEST_EXPONENT) << FRACTION_BITS) + steps;
    if (!(half < INFINITY_BITS)) {
      throw new ModelError('UNSUPPORTED', `A weight of ${value} does not fit half precision: keep the full form.`);
    }
    return ((bits[i]! >>> 16) & 0x8000) | half;
  });
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
