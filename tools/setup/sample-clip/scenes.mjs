import { clamp, mix, noiseField, smoothstep } from './noise.mjs';

/**
 * @typedef {object} Scene lengths in metres; x to the right, y up, z away from the eye
 * @property {number} horizon height of the horizon in the picture, 0 at its top
 * @property {number} eye height of the eye
 * @property {{ x: number, y: number, z: number }} sun direction to it, of length 1
 * @property {{ light: number, metres: number }} haze
 * @property {(x: number, z: number, d: number) => number} height of the ground; below 0 is water
 * @property {(x: number, y: number, z: number, d: number, level: number) => number} albedo
 */

const unit = (x, y, z) => {
  const length = Math.hypot(x, y, z);
  return { x: x / length, y: y / length, z: z / length };
};

/** Detail finer than a pixel only flickers: fewer octaves far away. */
const octaves = (d, most, metresAtFirst) => Math.round(clamp(Math.log2((metresAtFirst * 500) / d), 3, most));

/** A lake between wooded slopes, with a range of bare rock behind it. @param {number} seed @returns {Scene} */
export function mountainLake(seed) {
  const { fbm, ridged, noise } = noiseField(seed);
  const height = (x, z, d) => {
    const bank = d < 60 ? 1.5 - (z - 9) * 0.11 + 1.4 * fbm(x / 14 + 3, z / 14, 3) + 0.11 * Math.abs(x) : -4;
    if (z < 150) return bank;
    const shore = smoothstep(700, 2300, z + 520 * fbm(x / 900, z / 900, 4) + Math.abs(x) * 0.5);
    let ground = -4;
    if (shore > 0) {
      const hills = 20 + 330 * (0.45 + fbm(x / 1700 + 9, z / 1700, octaves(d, 8, 1700)));
      ground = mix(-4, shore * hills, shore);
    }
    const far = smoothstep(2200, 7600, d);
    if (far === 0) return ground;
    return ground + far * (2150 * ridged(x / 4600 + 2.2, z / 4600 + 0.7, octaves(d, 10, 4600)) - 140);
  };
  return {
    horizon: 0.56,
    eye: 5.5,
    sun: unit(-0.75, 0.62, -0.35),
    haze: { light: 0.66, metres: 15000 },
    height,
    albedo(x, y, z, d, level) {
      if (d < 60) return 0.2 + 0.12 * fbm(x * 1.3, z * 1.3, 4);
      const beach = smoothstep(7, 2, y);
      const timber = smoothstep(900, 520, y + 260 * fbm(x / 260, z / 260, 4)) * smoothstep(0.45, 0.72, level);
      const snow = smoothstep(1050, 1350, y + 330 * fbm(x / 420, z / 420, 5)) * smoothstep(0.52, 0.72, level);
      const strata = 0.5 + 0.5 * Math.sin(y / 21 + 3.5 * fbm(x / 380, z / 380, 4));
      const rock = 0.24 + 0.09 * strata + 0.16 * fbm(x / 60, y / 40 + z / 60, octaves(d, 6, 60));
      const wood = 0.075 + 0.06 * noise(x / 11, z / 11) + 0.04 * noise(x / 31, z / 31);
      return mix(mix(mix(rock, wood, timber), 0.95, snow), 0.38, beach);
    },
    leaves: 0.13,
    trees: [
      {
        kind: 'conifer',
        count: 9000,
        nearest: 820,
        farthest: 3400,
        metres: 26,
        density: (x, y, z) =>
          smoothstep(2, 9, y) * smoothstep(420, 260, y) * smoothstep(-0.2, 0.25, fbm(x / 240, z / 240, 3)),
      },
      {
        kind: 'conifer',
        count: 0,
        nearest: 20,
        farthest: 60,
        metres: 14,
        density: () => 0,
        alone: [
          { azimuth: -0.5, d: 17, size: 6.4 },
          { azimuth: -0.44, d: 19, size: 4.2 },
          { azimuth: -0.57, d: 16, size: 7 },
          { azimuth: 0.57, d: 20, size: 5.5 },
        ],
      },
    ],
    grass: { blades: 60_000, farthest: 48, metres: 0.42, light: 1, flowers: 0.01, bare: () => false },
    clouds: { cover: 0.5, seed: seed + 3, drift: 1, light: 1 },
    wind: 1,
  };
}

/** A meadow with broad-leaved trees before a wood and low hills, under a sky with large clouds. @returns {Scene} */
export function meadow(seed) {
  const { fbm, noise } = noiseField(seed);
  const onPath = (x, z) =>
    smoothstep(1.5, 0.8, Math.abs(x - 1.5 - 5 * Math.sin(z / 19 + 0.4) + 0.16 * z) - 0.3 * noise(x, z));
  const height = (x, z, d) => {
    const near = 2.4 + 2.6 * fbm(x / 46 + 1, z / 46, 4) + 3.5 * smoothstep(30, 220, z);
    if (d < 120) return near - 0.25 * onPath(x, z);
    const far = smoothstep(300, 3600, d);
    if (far === 0) return near;
    return near + far * (150 + 620 * (0.42 + fbm(x / 1500 + 4, z / 1500, octaves(d, 8, 1500))));
  };
  return {
    horizon: 0.6,
    eye: 5.6,
    sun: unit(0.7, 0.62, -0.4),
    haze: { light: 0.72, metres: 9000 },
    height,
    albedo(x, y, z, d) {
      const field = smoothstep(0.02, 0.1, noise(x / 420 + 7, z / 300));
      const grass = 0.24 + 0.1 * fbm(x / 9, z / 9, 4) + 0.05 * field;
      const wood = 0.07 + 0.05 * noise(x / 12, z / 12) + 0.04 * noise(x / 5, z / 5);
      const path = onPath(x, z) * smoothstep(260, 160, d);
      const timber = smoothstep(-0.02, 0.1, fbm(x / 520 + 2, z / 520, 4)) * smoothstep(320, 520, d);
      return mix(mix(grass, wood, timber), 0.5 + 0.1 * noise(x * 3, z * 3), path * 0.85);
    },
    leaves: 0.16,
    trees: [
      {
        kind: 'broadleaf',
        count: 900,
        nearest: 200,
        farthest: 420,
        metres: 17,
        density: (x, _y, z) => smoothstep(230, 270, z + 30 * noise(x / 40, 3)) * 0.9,
      },
      {
        kind: 'conifer',
        count: 500,
        nearest: 260,
        farthest: 520,
        metres: 24,
        density: (x, _y, z) => smoothstep(-0.1, 0.3, noise(x / 90, z / 90)),
      },
      {
        kind: 'broadleaf',
        count: 0,
        nearest: 20,
        farthest: 60,
        metres: 14,
        density: () => 0,
        alone: [
          { azimuth: 0.34, d: 62, size: 17 },
          { azimuth: -0.36, d: 105, size: 15 },
          { azimuth: -0.22, d: 150, size: 16 },
          { azimuth: 0.05, d: 170, size: 14 },
        ],
      },
    ],
    grass: {
      blades: 60_000,
      farthest: 70,
      metres: 0.34,
      light: 1.05,
      flowers: 0.05,
      bare: (x, z) => onPath(x, z) > 0.3,
    },
    clouds: { cover: 0.58, seed: seed + 3, drift: 1.3, light: 1 },
    wind: 1.4,
  };
}
