type Explicit = [[number, number], [number, number], [number, number], [number, number]];

/** Zero padding of one pixel on every side, inside a convolution: PyTorch's padding 1. */
export const ONE_PIXEL: Explicit = [[0, 0], [1, 1], [1, 1], [0, 0]]; // prettier-ignore
