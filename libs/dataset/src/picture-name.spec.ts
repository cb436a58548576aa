import { expect, it } from 'vitest';
import { pictureName } from './picture-name.js';

it.each([
  ['film.mp4', 'film-s0003-f000012.jpg'],
  ['/a/b/The Gold Rush (1925).mkv', 'The_Gold_Rush_1925_-s0003-f000012.jpg'],
  ['Žižkov 日本.avi', 'Žižkov_日本-s0003-f000012.jpg'],
  ['-o.mp4', 'o-s0003-f000012.jpg'],
  ['.mp4', 'mp4-s0003-f000012.jpg'],
  [`${'x'.repeat(200)}.mp4`, `${'x'.repeat(60)}-s0003-f000012.jpg`],
])('%s gives %s', (film, name) => {
  expect(pictureName(film, 3, 12)).toBe(name);
});
