/**
 * The ops of the networks by their definitions, in double precision and without tensors: what gradients are measured
 * against by finite differences, which float32 is too coarse for.
 */
export interface Picture {
  /** Height, width, channels. */
  readonly shape: readonly [number, number, number];
  readonly values: Float64Array;
}

/** A picture by a function of its row, column and channel. */
export function paint(shape: Picture['shape'], at: (y: number, x: number, c: number) => number): Picture {
  const [height, width, channels] = shape;
  const values = new Float64Array(height * width * channels);
  for (let i = 0; i < values.length; i++) {
    const pixel = Math.floor(i / channels);
    values[i] = at(Math.floor(pixel / width), pixel % width, i % channels);
  }
  return { shape, values };
}

/** The value at a place; 0 outside. */
export function look({ shape: [height, width, channels], values }: Picture, y: number, x: number, c: number): number {
  const inside = y >= 0 && y < height && x >= 0 && x < width;
  return inside ? values[(y * width + x) * channels + c]! : 0;
}

export const map = ({ shape, values }: Picture, f: (value: number) => number): Picture => ({
  shape,
  values: values.map(f),
});
export const plus = (a: Picture, b: Picture): Picture => ({
  ...a,
  values: a.values.map((value, i) => value + b.values[i]!),
});

/** Reflection, the edge itself not repeated. */
export function reflect(picture: Picture, pad: number): Picture {
  const [height, width, channels] = picture.shape;
  const inside = (at: number, size: number): number => {
    const turned = Math.abs(at - pad);
    return turned < size ? turned : 2 * (size - 1) - turned;
  };
  return paint([height + 2 * pad, width + 2 * pad, channels], (y, x, c) =>
    look(picture, inside(y, height), inside(x, width), c),
  );
}

/** A kernel `[size, size, inputs, outputs]` at every `stride`-th place, with `zeros` around the picture. */
export function convolve(
  picture: Picture,
  kernel: Float64Array,
  [size, outputs]: readonly [number, number],
  stride = 1,
  zeros = 0,
): Picture {
  const [height, width, inputs] = picture.shape;
  const side = (length: number): number => Math.floor((length + 2 * zeros - size) / stride) + 1;
  return paint([side(height), side(width), outputs], (y, x, o) => {
    let sum = 0;
    for (let ky = 0; ky < size; ky++) {
      for (let kx = 0; kx < size; kx++) {
        for (let i = 0; i < inputs; i++) {
          const weight = kernel[((ky * size + kx) * inputs + i) * outputs + o]!;
          sum += weight * look(picture, y * stride + ky - zeros, x * stride + kx - zeros, i);
        }
      }
    }
    return sum;
  });
}

/** The transposed convolution of stride 2 with a kernel `[3, 3, outputs, inputs]`, the first row and column dropped. */
export function convolveUp(picture: Picture, kernel: Float64Array, outputs: number): Picture {
  const [height, width, inputs] = picture.shape;
  return paint([2 * height, 2 * width, outputs], (y, x, o) => {
    let sum = 0;
    for (let ky = 0; ky < 3; ky++) {
      for (let kx = 0; kx < 3; kx++) {
        const [fromY, fromX] = [(y + 1 - ky) / 2, (x + 1 - kx) / 2];
        if (!Number.isInteger(fromY) || !Number.isInteger(fromX)) continue;
        for (let i = 0; i < inputs; i++) {
          sum += kernel[((ky * 3 + kx) * outputs + o) * inputs + i]! * look(picture, fromY, fromX, i);
        }
      }
    }
    return sum;
  });
}

/** Mean 0 and variance 1 in every channel. */
export function normalise(picture: Picture, epsilon: number): Picture {
  const [height, width, channels] = picture.shape;
  const [means, deviations] = [new Float64Array(channels), new Float64Array(channels)];
  const each = (f: (value: number, c: number) => number): Float64Array => {
    const sums = new Float64Array(channels);
    for (const [i, value] of picture.values.entries()) sums[i % channels]! += f(value, i % channels) / (height * width);
    return sums;
  };
  means.set(each((value) => value));
  deviations.set(each((value, c) => (value - means[c]!) ** 2).map((variance) => Math.sqrt(variance + epsilon)));
  return paint(picture.shape, (y, x, c) => (look(picture, y, x, c) - means[c]!) / deviations[c]!);
}
