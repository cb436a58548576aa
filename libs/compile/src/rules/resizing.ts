import type * as tf from '@tensorflow/tfjs';
import { bool, type Attribute } from '../graph/attribute.js';
import type { Rule, Rules } from './rule.js';

/** How places of one picture are found in the other. The gradient has to find the same. */
function placesOf(attributes: object): Record<string, Attribute> {
  const { alignCorners, halfPixelCenters } = attributes as tf.ResizeBilinearAttrs;
  return { align_corners: bool(alignCorners), half_pixel_centers: bool(halfPixelCenters) };
}

const resize =
  (op: string): Rule =>
  ({ inputs: { images }, attributes, graph }) => {
    const { size } = attributes as tf.ResizeBilinearAttrs;
    const [batch, , , channels] = images!.shape as [number, number, number, number];
    const shape = [batch, ...size, channels];
    // Between whole numbers lie others: TensorFlow gives floats.
    const output = { shape, dtype: op === 'ResizeBilinear' ? ('float32' as const) : images!.dtype };
    return graph.op(op, [images!, graph.ints(size)], output, placesOf(attributes));
  };

export const resizingRules: Rules = {
  ResizeBilinear: resize('ResizeBilinear'),
  ResizeNearestNeighbor: resize('ResizeNearestNeighbor'),
  // tfjs-node leaves half_pixel_centers out of both, and its gradients are then of another resize.
  ResizeBilinearGrad: ({ inputs: { images, dy }, attributes, graph }) =>
    graph.op('ResizeBilinearGrad', [dy!, images!], images!, placesOf(attributes)),
  ResizeNearestNeighborGrad: ({ inputs: { images, dy }, attributes, graph }) => {
    const size = graph.ints(images!.shape.slice(1, 3));
    return graph.op('ResizeNearestNeighborGrad', [dy!, size], images!, placesOf(attributes));
  },
};
