import { type Planes, scene, view } from './scene.js';

/** A made-up shot: every frame with its true chroma. */
export interface Shot {
  readonly name: string;
  /** What its ratio is about: flicker where the picture stands still, error against the truth where it moves. */
  readonly judged: 'flicker' | 'error';
  readonly width: number;
  readonly height: number;
  frames(): Generator<Planes, void, undefined>;
}

const WIDTH = 320;
const HEIGHT = 184;
const SEED = 1908;

/** The shots: standing still, a pan by whole pixels, one between pixels, and one object that crosses a still picture. */
export function syntheticShots(frames: number): readonly Shot[] {
  return [
    { name: 'still shot', judged: 'flicker', width: WIDTH, height: HEIGHT, frames: () => pan(frames, 0, 0) },
    { name: 'pan, 3 px a frame', judged: 'error', width: WIDTH, height: HEIGHT, frames: () => pan(frames, 3, 0) },
    {
      name: 'pan, 2.5 px and 0.6 px a frame',
      judged: 'error',
      width: WIDTH,
      height: HEIGHT,
      frames: () => pan(frames, 2.5, 0.6),
    },
    { name: 'object, 4 px a frame', judged: 'error', width: WIDTH, height: HEIGHT, frames: () => crossing(frames) },
  ];
}

function* pan(frames: number, dx: number, dy: number): Generator<Planes, void, undefined> {
  const world = scene(WIDTH + Math.ceil(frames * dx) + 2, HEIGHT + Math.ceil(frames * dy) + 2, SEED);
  for (let frame = 0; frame < frames; frame++) yield view(world, frame * dx, frame * dy, WIDTH, HEIGHT);
}

const SIDE = 64;
const STEP = 4;

/** A textured square of one colour in front of a still scene. */
function* crossing(frames: number): Generator<Planes, void, undefined> {
  const behind = scene(WIDTH, HEIGHT, SEED);
  const texture = scene(SIDE, SIDE, SEED + 7);
  for (let frame = 0; frame < frames; frame++) {
    const [y, u, v] = [behind.y.slice(), behind.u.slice(), behind.v.slice()];
    for (let row = 0; row < SIDE; row++) {
      for (let column = 0; column < SIDE; column++) {
        const x = frame * STEP + column;
        if (x >= WIDTH) continue;
        const i = ((HEIGHT - SIDE) / 2 + row) * WIDTH + x;
        y[i] = texture.y[row * SIDE + column]!;
        u[i] = 100;
        v[i] = 165;
      }
    }
    yield { width: WIDTH, height: HEIGHT, y, u, v };
  }
}
