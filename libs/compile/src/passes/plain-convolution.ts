import type { GraphNode } from '../graph/graph.js';

/** Whether a convolution, or a gradient of one, sees its picture as it is, with nothing put around it. */
export function isUnpadded({ attributes: { padding } }: GraphNode): boolean {
  return padding !== undefined && 'string' in padding && padding.string === 'VALID';
}

/** Its stride where that is the same along rows and columns and no pixel between two of the kernel is left out. */
export function strideOf({ attributes: { strides, dilations } }: GraphNode): number | undefined {
  if (strides === undefined || dilations === undefined || !('ints' in strides) || !('ints' in dilations))
    return undefined;
  const [, down, across] = strides.ints;
  return down === across && dilations.ints.every((n) => n === 1) ? down : undefined;
}

/** Whether it also takes every pixel in turn: the form that the passes know other forms of. */
export const isPlain = (node: GraphNode): boolean => isUnpadded(node) && strideOf(node) === 1;
