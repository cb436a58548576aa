import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import { HEIGHT, WIDTH } from './camera.mjs';
import { film } from './film.mjs';
import { meadow } from './scenes.mjs';

const sha = (frame) => createHash('sha256').update(frame).digest('hex');

/** Few plants: they take most of the time. */
function bare() {
  const scene = meadow(5);
  return {
    ...scene,
    trees: scene.trees.filter(({ alone }) => alone !== undefined),
    grass: { ...scene.grass, blades: 500 },
  };
}

test('the same seed gives the same film, and the film moves', () => {
  const first = film(bare(), 1, 1);
  const again = film(bare(), 1, 1);
  const frame = first(0);
  expect(frame).toHaveLength(WIDTH * HEIGHT);
  expect(sha(again(0))).toBe(sha(frame));
  expect(sha(first(30))).not.toBe(sha(frame));
  // A picture, not a flat field: it uses most of the range of greys.
  const sorted = Uint8Array.from(frame).sort();
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))];
  expect(at(0.98) - at(0.02)).toBeGreaterThan(90);
});
