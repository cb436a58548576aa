import { expect, it } from 'vitest';
import { EncodedCount } from './encoded-count.js';

/** Reports as ffmpeg printed them: frames, quality, time. */
function told(version: string, reports: readonly (readonly [frame: number, q: string, us: string])[]): number[] {
  const encoded: number[] = [];
  const count = new EncodedCount(version, (frames) => encoded.push(frames));
  for (const [i, [frame, q, us]] of reports.entries()) {
    const progress = i === reports.length - 1 ? 'end' : 'continue';
    const lines = [`frame=${frame}`, `stream_0_0_q=${q}`, 'total_size=20', `out_time_us=${us}`, `progress=${progress}`];
    for (const line of lines) count.line(line);
  }
  expect(count.frames).toBe(reports.at(-1)![0]);
  return encoded;
}

it('is what ffmpeg 7 says', () => {
  expect(told('7.0.2-static', [[0, '0.0', 'N/A'], [10, '28.0', '0'], [31, '28.0', '875000'], [144, '-1.0', '5583334']])).toEqual([0, 10, 31, 144]); // prettier-ignore
  expect(told('N-109468-gd39b34123d', [[22, '-0.0', '0'], [76, '-0.0', '2250000'], [144, '-0.0', '5083334']])).toEqual([22, 76, 144]); // prettier-ignore
});

it('leaves out what an encoder holds where ffmpeg 5 counts what it was fed', () => {
  expect(
    told('5.1.9-0+deb12u1', [
      [1, '0.0', '0'],
      [46, '0.0', '0'],
      [52, '28.0', '0'],
      [69, '28.0', '708334'],
      [144, '-1.0', '5583334'],
    ]),
  ).toEqual([0, 0, 6, 23, 144]);
});

it('leaves out next to nothing where an encoder holds nothing and tells no quality', () => {
  expect(told('5.1.9', [[1, '-0.0', '0'], [25, '-0.0', '1000000'], [144, '-0.0', '5958334']])).toEqual([0, 24, 144]); // prettier-ignore
});
