import { expect, test } from 'vitest';
import { mostUnderWay, paintAll } from './paint-all.js';

type Paints = Parameters<typeof paintAll>[0];

test('every picture is painted once, and as many are under way as in a film', async () => {
  const seen: number[] = [];
  let now = 0;
  let most = 0;
  const colorizer: Paints = {
    workers: 2,
    colorize: async (luma) => {
      seen.push(luma[0]!);
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now -= 1;
      return { u: luma, v: luma };
    },
  };
  await paintAll(colorizer, 20, (index) => Uint8Array.of(index), { width: 1, height: 1 });
  expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect([most, now]).toEqual([mostUnderWay(colorizer), 0]);
});
