/** @param {number} seed @returns {() => number} repeatable numbers in [0, 1) (mulberry32) */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const clamp = (value, low = 0, high = 1) => (value < low ? low : value > high ? high : value);
export const mix = (a, b, share) => a + (b - a) * share;

export function smoothstep(low, high, value) {
  const t = clamp((value - low) / (high - low));
  return t * t * (3 - 2 * t);
}

const SIZE = 256;

/**
 * Gradient noise after Perlin, with a period of 256 in both directions.
 *
 * @param {number} seed
 */
export function noiseField(seed) {
  const next = random(seed);
  const order = new Uint8Array(SIZE).map((_, i) => i);
  for (let i = SIZE - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  const gx = new Float64Array(SIZE);
  const gy = new Float64Array(SIZE);
  for (let i = 0; i < SIZE; i++) {
    const angle = next() * 2 * Math.PI;
    gx[i] = Math.cos(angle);
    gy[i] = Math.sin(angle);
  }

  /** @returns {number} about −1 to 1 */
  function noise(x, y) {
    const fx = Math.floor(x);
    const fy = Math.floor(y);
    const dx = x - fx;
    const dy = y - fy;
    const x0 = fx & 255;
    const x1 = (fx + 1) & 255;
    const y0 = order[fy & 255];
    const y1 = order[(fy + 1) & 255];
    const a = order[(x0 + y0) & 255];
    const b = order[(x1 + y0) & 255];
    const c = order[(x0 + y1) & 255];
    const d = order[(x1 + y1) & 255];
    const u = dx * dx * dx * (dx * (dx * 6 - 15) + 10);
    const v = dy * dy * dy * (dy * (dy * 6 - 15) + 10);
    const top = mix(gx[a] * dx + gy[a] * dy, gx[b] * (dx - 1) + gy[b] * dy, u);
    const bottom = mix(gx[c] * dx + gy[c] * (dy - 1), gx[d] * (dx - 1) + gy[d] * (dy - 1), u);
    return mix(top, bottom, v) * 1.5;
  }

  /** Sum of octaves, each half as large and twice as fine; about −1 to 1. */
  function fbm(x, y, octaves) {
    let sum = 0;
    let size = 0.5;
    for (let i = 0; i < octaves; i++) {
      sum += noise(x, y) * size;
      // Turned a little at each octave, so that the lattice does not show.
      [x, y] = [1.6 * x + 1.2 * y + 17.3, -1.2 * x + 1.6 * y + 5.1];
      size *= 0.5;
    }
    return sum;
  }

  /** Sharp crests and round valleys, as weathered rock has; 0 to about 1. */
  function ridged(x, y, octaves) {
    let sum = 0;
    let size = 0.5;
    let carry = 1;
    for (let i = 0; i < octaves; i++) {
      const crest = 1 - Math.abs(noise(x, y));
      const value = crest * crest * carry;
      sum += value * size;
      carry = clamp(value * 1.8);
      [x, y] = [1.6 * x + 1.2 * y + 3.7, -1.2 * x + 1.6 * y + 11.9];
      size *= 0.5;
    }
    return sum;
  }

  return { noise, fbm, ridged };
}

/**
 * A square of fbm noise that repeats without a seam, for quick look-ups.
 *
 * @param {number} seed @param {number} size power of two @param {number} octaves
 * @returns {(x: number, y: number) => number} bilinear look-up in texels, scaled to 0–1
 */
export function noiseTexture(seed, size, octaves) {
  const { noise } = noiseField(seed);
  const data = new Float32Array(size * size);
  let low = Infinity;
  let high = -Infinity;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let sum = 0;
      let period = 4;
      let height = 1;
      for (let i = 0; i < octaves; i++) {
        sum += periodic(noise, (x / size) * period, (y / size) * period, period, i * 31) * height;
        period *= 2;
        height *= 0.52;
      }
      data[y * size + x] = sum;
      if (sum < low) low = sum;
      if (sum > high) high = sum;
    }
  }
  for (let i = 0; i < data.length; i++) data[i] = (data[i] - low) / (high - low);
  const mask = size - 1;
  return (x, y) => {
    const fx = Math.floor(x);
    const fy = Math.floor(y);
    const row0 = (fy & mask) * size;
    const row1 = ((fy + 1) & mask) * size;
    const x0 = fx & mask;
    const x1 = (fx + 1) & mask;
    return mix(mix(data[row0 + x0], data[row0 + x1], x - fx), mix(data[row1 + x0], data[row1 + x1], x - fx), y - fy);
  };
}

/** Blends the noise with itself one period away, which makes it repeat. */
function periodic(noise, x, y, period, offset) {
  const u = x / period;
  const v = y / period;
  const at = (dx, dy) => noise(x + offset - dx * period, y + offset - dy * period);
  const raw = mix(mix(at(0, 0), at(1, 0), u), mix(at(0, 1), at(1, 1), u), v);
  // Blending four independent values lowers the contrast in the middle; this gives it back.
  const spread = Math.sqrt((u * u + (1 - u) * (1 - u)) * (v * v + (1 - v) * (1 - v)));
  return raw / spread;
}
