import type { Colorizer } from '@kinemacolor/pipeline';

/** As many batches are on their way in or out beside those that are painted: what `kinemacolor colorize` does. */
const BESIDE = 2;
export const mostUnderWay = ({ workers }: Pick<Colorizer, 'workers'>): number => workers + BESIDE;

/**
 * Paints so many pictures one by one, as many of them under way as in a film.
 * @param luma a picture's bytes, which are handed over
 */
export async function paintAll(
  colorizer: Pick<Colorizer, 'workers' | 'colorize'>,
  frames: number,
  luma: (index: number) => Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<void> {
  const underWay: Promise<unknown>[] = [];
  for (let index = 0; index < frames; index++) {
    if (underWay.length >= mostUnderWay(colorizer)) await underWay.shift();
    underWay.push(colorizer.colorize(luma(index), { batch: 1, width, height }));
  }
  await Promise.all(underWay);
}
