import type { Random } from '../random.js';
import { axisWeights, type AxisWeights } from './resample.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Framing {
  readonly columns: AxisWeights;
  readonly rows: AxisWeights;
}

/** The whole picture, resized to a square, as the seed has it. */
export function wholeSquare({ width, height }: Size, size: number): Framing {
  return {
    columns: axisWeights(size, 0, width, width, false),
    rows: axisWeights(size, 0, height, height, false),
  };
}

/**
 * A random crop: of random size, so that the network meets things near and far, a little stretched, flipped half of the
 * time. A crop of `side` source pixels seen at `size` pixels is what a render of a certain short side shows.
 * @param largestRender largest such short side, pixels; the smallest is `size` itself
 */
export function randomCrop({ width, height }: Size, size: number, largestRender: number, random: Random): Framing {
  const short = Math.min(width, height);
  const largest = Math.max(size, Math.min(largestRender, short * 1.1));
  const render = size * Math.exp(random.next() * Math.log(largest / size));
  const side = (size / render) * short;
  const stretch = Math.exp(random.between(-0.1, 0.1));
  const [sideX, sideY] = [Math.min(width, side * stretch), Math.min(height, side / stretch)];
  const [left, top] = [random.between(0, width - sideX), random.between(0, height - sideY)];
  const flip = random.next() < 0.5;
  return {
    columns: axisWeights(size, left, sideX, width, flip),
    rows: axisWeights(size, top, sideY, height, false),
  };
}
