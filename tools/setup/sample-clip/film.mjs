import { FOCAL, FRAMES_PER_SCENE, HEIGHT, PANORAMA_WIDTH, WIDTH, canvas, reduce } from './camera.mjs';
import { clamp, mix, noiseTexture, random, smoothstep } from './noise.mjs';
import { drawGrass, drawTrees } from './plants.mjs';
import { drawTerrain } from './terrain.mjs';

/**
 * Draws what stands still once, and gives a function that adds what moves: clouds and their shadows, ripples on the
 * water, wind in the grass, the pan, and the grain of the film.
 *
 * @param {import('./scenes.mjs').Scene} scene
 * @param {number} seed
 * @param {number} [samples] a pixel, in each direction, of what stands still
 * @returns {(frame: number) => Uint8Array} frame → 640 × 360 grey pixels, display-referred (gamma-encoded), 16–235
 */
export function film(scene, seed, samples = 2) {
  const large = canvas(samples);
  drawTerrain(large, scene);
  drawTrees(large, scene, seed + 11);
  drawGrass(large, scene, seed + 12);
  const still = reduce(large);
  const clouds = noiseTexture(scene.clouds.seed, 512, 8);
  const ripples = noiseTexture(seed + 21, 256, 5);
  const view = new Float32Array(PANORAMA_WIDTH * HEIGHT);
  return (frame) => {
    const seconds = frame / 24;
    compose(view, still, scene, { clouds, ripples, seconds });
    return develop(view, Math.min(frame, FRAMES_PER_SCENE), seed * 1009 + frame);
  };
}

function compose(view, still, scene, moving) {
  const horizon = scene.horizon * HEIGHT;
  const { seconds, clouds } = moving;
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < PANORAMA_WIDTH; x++) {
      const index = y * PANORAMA_WIDTH + x;
      const far = still.distance[index];
      let light = still.land[index];
      if (light > 0 && far > 250) {
        const shade = clouds((x / FOCAL) * far * 0.05 + seconds * 7 * scene.clouds.drift, far * 0.05);
        light *= mix(
          1.12,
          0.62,
          smoothstep(0.45, 0.62, shade) * smoothstep(250, 900, far) * smoothstep(14000, 5000, far),
        );
      } else if (light > 0 && far < 60) {
        const gust = clouds(x * 0.35 + seconds * 40 * scene.wind, y * 0.9 + far);
        light *= mix(0.86, 1.16, gust);
      }
      if (still.sky[index] > 0) light += still.sky[index] * skyLight(x, y, scene, horizon, moving);
      view[index] = light;
    }
  }
  for (let y = Math.ceil(horizon); y < HEIGHT; y++) {
    for (let x = 0; x < PANORAMA_WIDTH; x++) {
      const index = y * PANORAMA_WIDTH + x;
      const share = still.water[index];
      if (share > 0) view[index] += share * waterLight(view, x, y, scene, horizon, moving);
    }
  }
}

/** Bright near the horizon, darker above; clouds lie on a plane and are lit from the sun's side. */
function skyLight(x, y, scene, horizon, { clouds, seconds }) {
  const up = Math.max(0.012, (horizon - y) / FOCAL);
  const clear = mix(0.74, 0.3, smoothstep(0, 0.42, up));
  const away = 1 / (up + 0.11);
  const u = (x / FOCAL - 0.6) * away * 52 + seconds * 3.2 * scene.clouds.drift;
  const v = away * 60;
  const density = (a, b) => clouds(a, b) * 0.72 + clouds(a * 2.3 + seconds * 0.8 + 91, b * 2.3) * 0.28;
  const here = density(u, v);
  const low = 1 - scene.clouds.cover;
  const cover = smoothstep(low, low + 0.2, here);
  if (cover <= 0) return clear;
  const towardSun = density(u + scene.sun.x * 7, v - 6);
  const lit = clamp(0.62 + (here - towardSun) * 3.2 - smoothstep(low + 0.12, low + 0.42, here) * 0.2);
  const haze = smoothstep(0.0, 0.1, up);
  return mix(clear, mix(0.76, mix(0.45, 1.05, lit), haze), cover * mix(0.35, 0.96, haze));
}

/** The mirror image of what is above, broken by ripples, over the dark of the depth. */
function waterLight(view, x, y, scene, horizon, { ripples, seconds }) {
  const down = (y - horizon + 0.5) / FOCAL;
  const d = scene.eye / down;
  const wx = (x / FOCAL - 0.6) * d;
  const slope =
    ripples(wx * 5 + seconds * 9, d * 2.2 + seconds * 14) + ripples(wx * 14 - seconds * 12, d * 6 + seconds * 20) - 1;
  const calm = smoothstep(0.35, 0.62, ripples(wx * 0.05 + 60, d * 0.035 + seconds * 0.4));
  const swing = slope * mix(16, 4, calm);
  const row = clamp(Math.round(2 * horizon - y + swing - Math.abs(swing) * 0.4), 0, Math.floor(horizon) - 1);
  const column = clamp(Math.round(x + slope * 2), 0, PANORAMA_WIDTH - 1);
  const mirrored = view[row * PANORAMA_WIDTH + column];
  const fresnel = mix(0.86, 0.45, smoothstep(0.005, 0.16, down));
  const glint = smoothstep(0.3, 0.62, slope) * (1 - calm) * 0.16;
  return mirrored * fresnel + 0.045 * (1 - fresnel) + glint;
}

/** Takes the part of the panorama that the camera sees, and makes a picture on film of it. */
function develop(view, pan, seed) {
  const next = random(seed);
  const frame = new Uint8Array(WIDTH * HEIGHT);
  const flicker = 1 + (next() - 0.5) * 0.012;
  let grainBefore = 0;
  for (let y = 0; y < HEIGHT; y++) {
    const fy = (y / HEIGHT - 0.5) * 2;
    for (let x = 0; x < WIDTH; x++) {
      const index = y * PANORAMA_WIDTH + x + pan;
      // A lens is not quite sharp.
      const around =
        view[index] * 0.72 + (view[Math.max(0, index - 1)] + view[Math.min(view.length - 1, index + 1)]) * 0.14;
      const fx = (x / WIDTH - 0.5) * 2;
      const exposed = around * flicker * (1 - 0.16 * (fx * fx + fy * fy) * 0.5);
      const tone = filmCurve(exposed);
      const fresh = next() + next() + next() - 1.5;
      const grain = fresh * 0.75 + grainBefore * 0.45;
      grainBefore = fresh;
      frame[y * WIDTH + x] = clamp(16 + 219 * tone + grain * 5 * (0.5 + 2 * tone * (1 - tone)), 16, 235);
    }
  }
  return frame;
}

/** Gamma with a toe and a shoulder. */
function filmCurve(light) {
  const gamma = Math.pow(Math.max(0, light) * 1.02, 1 / 2.1);
  return clamp(mix(gamma, smoothstep(0.1, 0.98, gamma), 0.75));
}
