import { expect, it } from 'vitest';

import { lastWords } from './last-words.js';

it.each([
  [new Error('no luck'), 'no luck.'],
  [new Error('film.mkv: ffmpeg ended by SIGKILL. Try again.\n    at somewhere'), 'film.mkv: ffmpeg ended by SIGKILL. Try again.'], // prettier-ignore
  [new Error('/tmp/kinemacolor-encode-x-1/000.segment.mp4: no space left.'), '000.segment.mp4: no space left.'],
  [new Error("ENOENT: no such file, open '/var/lib/a/b.mp4'"), "ENOENT: no such file, open 'b.mp4'."],
  [new Error('nats://127.0.0.1:4222 is 1/2 there'), 'nats://127.0.0.1:4222 is 1/2 there.'],
  ['text', 'text.'],
])('tells %s as a sentence', (error, words) => {
  expect(lastWords(error)).toBe(words);
});

it('are not without end', () => {
  expect(lastWords(new Error('x'.repeat(10_000)))).toHaveLength(401);
});
