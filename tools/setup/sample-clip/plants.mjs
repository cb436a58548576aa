import { LAND } from './camera.mjs';
import { clamp, mix, noiseField, random, smoothstep } from './noise.mjs';
import { veil } from './terrain.mjs';

/** One field for all conifers; each reads another part of it. */
const BARK = noiseField(7);
const NEAR_M = 2.6;

/** Puts one sample of something at distance `d` into the panorama, if nothing nearer is there. */
function dot(picture, x, y, d, light) {
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) return;
  const index = y * picture.width + x;
  if (picture.distance[index] < d * 0.985) return;
  picture.light[index] = light;
  picture.kind[index] = LAND;
  picture.distance[index] = d;
}

/** Trees stand where the scene lets them, far ones first. */
export function drawTrees(picture, scene, seed) {
  const next = random(seed);
  const stands = [];
  for (const stand of scene.trees) {
    for (let i = 0; i < stand.count; i++) {
      const azimuth = (next() - 0.5) * ((picture.width / picture.focal) * 1.1);
      const d = stand.nearest * (stand.farthest / stand.nearest) ** Math.sqrt(next());
      const [x, z] = [Math.sin(azimuth) * d, Math.cos(azimuth) * d];
      const ground = scene.height(x, z, d);
      const size = stand.metres * (0.6 + 0.7 * next());
      const chance = next();
      if (ground > 0.3 && chance < stand.density(x, ground, z, d)) stands.push({ azimuth, d, ground, size, ...stand });
    }
    for (const lone of stand.alone ?? []) {
      const [x, z] = [Math.sin(lone.azimuth) * lone.d, Math.cos(lone.azimuth) * lone.d];
      stands.push({ ...stand, ...lone, ground: scene.height(x, z, lone.d) });
    }
  }
  stands.sort((a, b) => b.d - a.d);
  for (const tree of stands) {
    const scale = picture.focal / tree.d;
    const base = {
      x: picture.width / 2 + tree.azimuth * picture.focal,
      y: scene.horizon * picture.height + (scene.eye - tree.ground) * scale,
      size: tree.size * scale,
      seed: Math.floor(next() * 1e9),
    };
    if (base.size < 2 || base.x < -base.size || base.x > picture.width + base.size) continue;
    if (tree.kind === 'conifer') conifer(picture, scene, tree.d, base);
    else broadleaf(picture, scene, tree.d, base);
  }
}

/** Tiers of hanging branches around a straight trunk. */
function conifer(picture, scene, d, { x, y, size, seed }) {
  const own = (seed % 9973) * 0.37;
  const noise = (u, v) => BARK.noise(u + own, v + own);
  const slim = 0.17 + 0.06 * noise(3.3, 1.7);
  const tiers = clamp(size / 7, 4, 16);
  const side = Math.sign(scene.sun.x);
  for (let row = Math.floor(y - size); row < y; row++) {
    const up = (y - row) / size;
    const half = size * slim * (1 - up) ** 0.85 + 0.5;
    const reach = Math.ceil(half * 1.3);
    for (let column = Math.floor(x - reach); column <= x + reach; column++) {
      const across = (column - x) / half;
      const out = Math.abs(across);
      // Branches hang outwards, and no two are equally long.
      const droop = (up * tiers + out * 0.9 + 0.35 * noise(column / (half + 4), up * tiers * 0.8) + 1) % 1;
      const ragged = 1.12 - 0.5 * droop + 0.45 * noise(column * 0.2, row * 0.3);
      if (out > ragged || up < 0.04) continue;
      const needles = 0.75 + 0.6 * noise(column * 0.8, row * 0.8);
      const lit = clamp(0.5 + side * across * 0.5) * mix(0.45, 1.15, 1 - droop);
      dot(picture, column, row, d, veil(scene.leaves * (0.22 + 0.8 * lit) * needles, d, scene));
    }
  }
}

/** A crown of leaf clusters, each lit as a ball, on a trunk that forks. */
function broadleaf(picture, scene, d, { x, y, size, seed }) {
  const next = random(seed);
  const trunk = Math.max(1, size * 0.028);
  for (let row = Math.floor(y - size * 0.5); row < y; row++) {
    const wide = trunk * (0.7 + 0.5 * ((row - y) / size + 0.5) ** 2 + (row > y - size * 0.04 ? 0.4 : 0));
    for (let column = Math.floor(x - wide); column <= x + wide; column++) {
      const round = (column - x) / wide;
      dot(
        picture,
        column,
        row,
        d,
        veil(0.1 * (0.5 + 0.5 * clamp(0.5 + round * scene.sun.x)) + 0.05 * next(), d, scene),
      );
    }
  }
  const clusters = [];
  for (let i = 0; i < 70; i++) {
    const [angle, out] = [next() * 2 * Math.PI, Math.sqrt(next())];
    const cx = Math.cos(angle) * out;
    const cy = Math.sin(angle) * out;
    clusters.push({ cx, cy, depth: next(), r: size * (0.07 + 0.06 * next()) });
  }
  clusters.sort((a, b) => a.depth - b.depth);
  const toSun = -scene.sun.z;
  for (const { cx, cy, depth, r } of clusters) {
    const mx = x + cx * size * 0.36;
    const my = y - size * 0.62 + cy * size * 0.36;
    const leaf = clamp(r * 0.16, 1, 4);
    const count = Math.min(900, Math.ceil(((r * r) / (leaf * leaf)) * 3.2) + 6);
    for (let i = 0; i < count; i++) {
      const [angle, out] = [next() * 2 * Math.PI, Math.sqrt(next())];
      const [u, v] = [Math.cos(angle) * out, Math.sin(angle) * out];
      const front = Math.sqrt(Math.max(0, 1 - out * out));
      const own = u * scene.sun.x - v * scene.sun.y + front * toSun * 0.5;
      const whole = cx * scene.sun.x - cy * scene.sun.y;
      const lit = clamp(0.3 + 0.4 * own + 0.35 * whole) * (0.5 + 0.5 * depth);
      const light = veil(scene.leaves * (0.2 + 1.5 * lit) * (0.7 + 0.6 * next()), d, scene);
      leafAt(picture, mx + u * r, my + v * r * 0.85, leaf * (0.5 + next() * 0.7), d, light);
    }
  }
}

function leafAt(picture, x, y, size, d, light) {
  const half = size / 2;
  for (let row = Math.round(y - half); row <= Math.round(y + half * 0.6); row++) {
    for (let column = Math.round(x - half); column <= Math.round(x + half); column++)
      dot(picture, column, row, d, light);
  }
}

/** Blades of grass between the eye and some tens of metres, each a bent stroke, darker at its foot. */
export function drawGrass(picture, scene, seed) {
  const next = random(seed);
  const { noise, fbm } = noiseField(seed + 1);
  const blades = [];
  for (let i = 0; i < scene.grass.blades; i++) {
    const azimuth = (next() - 0.5) * ((picture.width / picture.focal) * 1.05);
    blades.push({
      azimuth,
      d: NEAR_M * (scene.grass.farthest / NEAR_M) ** next(),
      size: 0.4 + next(),
      lean: next() - 0.5,
    });
  }
  blades.sort((a, b) => b.d - a.d);
  for (const { azimuth, d, size, lean } of blades) {
    const [wx, wz] = [Math.sin(azimuth) * d, Math.cos(azimuth) * d];
    const ground = scene.height(wx, wz, d);
    const patch = 0.5 + 0.5 * fbm(wx * 0.35, wz * 0.35, 3);
    const length = (scene.grass.metres * size * (0.4 + patch) * picture.focal) / d;
    if (ground < 0.25 || length < 1.5 || scene.grass.bare(wx, wz)) continue;
    const x = picture.width / 2 + azimuth * picture.focal;
    const y = scene.horizon * picture.height + ((scene.eye - ground) / d) * picture.focal;
    const dry = 0.5 + 0.5 * noise(wx * 0.9 + 40, wz * 0.9);
    const light = mix(0.1, 0.46, dry * 0.35 + 0.3 * patch + 0.35 * next()) * scene.grass.light;
    const wide = clamp((0.006 * picture.focal) / d, 0.5, 2);
    const bend = lean * length * 0.9 + length * 0.12;
    for (let s = 0; s < length; s++) {
      const up = s / length;
      const bx = x + bend * up * up;
      const stroke = wide * (1 - up * 0.8);
      const value = veil(light * mix(0.35, 1.15, up), d, scene);
      for (let column = Math.round(bx - stroke); column <= Math.round(bx + stroke - 0.5); column++) {
        dot(picture, column, Math.round(y - s), d, value);
      }
    }
    if (next() < scene.grass.flowers * smoothstep(0.45, 0.75, patch)) {
      leafAt(picture, x + bend, y - length, clamp((0.03 * picture.focal) / d, 1, 5), d * 0.99, 0.75 + 0.2 * next());
    }
  }
}
