import { expect, it } from 'vitest';

import { filmName } from './film-name.js';

it.each([
  ['my film.mkv', 'my film.mkv'],
  ['', 'the film'],
  [' \t', 'the film'],
  ['red \u001b[31m\nnext', 'red ?[31m?next'],
  ['🎬'.repeat(300), '🎬'.repeat(200)],
])('messages call the film of the label %j as one may show it', (label, name) => {
  expect(filmName({ label })).toBe(name);
});
