/** Draws one scene in a thread of its own, and posts its frames in order. */
import { parentPort, workerData } from 'node:worker_threads';

import { FRAMES_PER_SCENE } from './camera.mjs';
import { film } from './film.mjs';
import { meadow, mountainLake } from './scenes.mjs';

const SEED = 1908;
const SCENES = [() => mountainLake(SEED), () => meadow(SEED + 40)];

const draw = film(SCENES[workerData](), SEED + workerData);
for (let frame = 0; frame < FRAMES_PER_SCENE; frame++) {
  const pixels = draw(frame);
  parentPort.postMessage(pixels, [pixels.buffer]);
}
