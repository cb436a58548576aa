import { LAND, WATER } from './camera.mjs';
import { clamp, mix, smoothstep } from './noise.mjs';

const NEAREST_M = 2.5;
const FARTHEST_M = 16_000;

/**
 * Draws a height field into the panorama: each column is walked outwards, and every pixel gets the first ground that
 * rises above what is already drawn; then each pixel is lit by its slope, shadowed, and veiled by the air before it.
 *
 * @param {ReturnType<typeof import('./camera.mjs').canvas>} picture
 * @param {import('./scenes.mjs').Scene} scene
 */
export function drawTerrain(picture, scene) {
  const { width, height, focal } = picture;
  const horizon = scene.horizon * height;
  for (let column = 0; column < width; column++) {
    const azimuth = (column - width / 2) / focal;
    const [sin, cos] = [Math.sin(azimuth), Math.cos(azimuth)];
    let top = height;
    let before = NEAREST_M;
    let rowBefore = height + 1;
    for (let d = NEAREST_M; d < FARTHEST_M && top > 0; d += Math.max(0.02, d * 0.0032)) {
      const ground = scene.height(sin * d, cos * d, d);
      const row = horizon + ((scene.eye - Math.max(ground, 0)) / d) * focal;
      const upTo = Math.max(0, Math.ceil(row));
      for (let y = top - 1; y >= upTo; y--) {
        const share = rowBefore > row ? clamp((rowBefore - y) / (rowBefore - row)) : 1;
        const at = mix(before, d, share);
        const index = y * width + column;
        picture.distance[index] = at;
        const [x, z] = [sin * at, cos * at];
        if (ground <= 0 && scene.height(x, z, at) <= 0) {
          picture.kind[index] = WATER;
        } else {
          picture.kind[index] = LAND;
          picture.light[index] = veil(shade(x, z, at, scene), at, scene);
        }
      }
      if (upTo < top) top = upTo;
      before = d;
      rowBefore = row;
    }
  }
}

/** Light that comes from the ground at (x, z), before the air. */
function shade(x, z, d, scene) {
  const { sun } = scene;
  const step = Math.max(0.05, d * 0.0016);
  const here = scene.height(x, z, d);
  const slopeX = (scene.height(x + step, z, d) - here) / step;
  const slopeZ = (scene.height(x, z + step, d) - here) / step;
  const length = Math.hypot(slopeX, 1, slopeZ);
  const facing = Math.max(0, (-slopeX * sun.x + sun.y - slopeZ * sun.z) / length);
  const lit = facing > 0 && d > 60 ? facing * sunShare(x, here, z, d, scene) : facing;
  const open = 0.6 + 0.4 / length;
  return scene.albedo(x, here, z, d, 1 / length) * (0.34 * open + 0.95 * lit);
}

/** 1 in the sun, 0 in the shadow of a mountain, between at the edge. */
function sunShare(x, y, z, d, { sun, height }) {
  let share = 1;
  for (let way = 12 + d * 0.01; way < 2600; way *= 1.45) {
    const clear = y + sun.y * way - height(x + sun.x * way, z + sun.z * way, d + way);
    share = Math.min(share, clamp(0.5 + clear / (way * 0.12)));
    if (share === 0) break;
  }
  return share;
}

/** Distant things are drowned in the light of the air. */
export function veil(light, d, { haze }) {
  return mix(light, haze.light, (1 - Math.exp(-d / haze.metres)) * smoothstep(0, 60, d));
}
