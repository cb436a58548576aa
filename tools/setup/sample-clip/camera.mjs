/** The picture: 640 × 360 at 24 frames a second; the panorama is wider by the way of the pan. */
export const WIDTH = 640;
export const HEIGHT = 360;
export const FRAME_RATE = 24;
export const FRAMES_PER_SCENE = 72;
export const PANORAMA_WIDTH = WIDTH + FRAMES_PER_SCENE;

/** Focal length in pixels: a field of view of 60°. */
export const FOCAL = 554;

/**
 * The large panorama that the landscape is drawn into: luminance (linear, 0–1), distance in metres, what is there.
 *
 * @param {number} samples a pixel in each direction
 */
export function canvas(samples) {
  const width = PANORAMA_WIDTH * samples;
  const height = HEIGHT * samples;
  return {
    samples,
    width,
    height,
    focal: FOCAL * samples,
    light: new Float32Array(width * height),
    distance: new Float32Array(width * height).fill(Infinity),
    kind: new Uint8Array(width * height),
  };
}

export const SKY = 0;
export const LAND = 1;
export const WATER = 2;

/** Averages the samples of each pixel; the shares of sky and water make soft edges against what moves behind. */
export function reduce(large) {
  const { samples } = large;
  const size = PANORAMA_WIDTH * HEIGHT;
  const small = {
    land: new Float32Array(size),
    sky: new Float32Array(size),
    water: new Float32Array(size),
    distance: new Float32Array(size),
  };
  const part = 1 / (samples * samples);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < PANORAMA_WIDTH; x++) {
      const to = y * PANORAMA_WIDTH + x;
      let nearest = Infinity;
      for (let j = 0; j < samples; j++) {
        for (let i = 0; i < samples; i++) {
          const from = (y * samples + j) * large.width + x * samples + i;
          if (large.kind[from] === SKY) small.sky[to] += part;
          else if (large.kind[from] === WATER) small.water[to] += part;
          else small.land[to] += large.light[from] * part;
          if (large.distance[from] < nearest) nearest = large.distance[from];
        }
      }
      small.distance[to] = nearest;
    }
  }
  return small;
}
