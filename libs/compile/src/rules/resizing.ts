import type * as tf from '@tensorflow/tfjs';
import { bool } from '../graph/attribute.js';
import type { Rule, Rules } from './rule.js';

const resize =
  (op: string): Rule =>
  ({ inputs: { images }, attributes, graph }) => {
    const { size, alignCorners, halfPixelCenters } = attributes as tf.ResizeBilinearAttrs;
    const [batch, , , channels] = images!.shape as [number, number, number, number];
    const shape = [batch, ...size, channels];
    // Between whole numbers lie others: TensorFlow gives floats.
    const output = { shape, dtype: op === 'ResizeBilinear' ? ('float32' as const) : images!.dtype };
    const corners = { align_corners: bool(alignCorners), half_pixel_centers: bool(halfPixelCenters) };
    return graph.op(op, [images!, graph.ints(size)], output, corners);
  };

export const resizingRules: Rules = {
  ResizeBilinear: resize('ResizeBilinear'),
  ResizeNearestNeighbor: resize('ResizeNearestNeighbor'),
  ResizeBilinearGrad: ({ inputs: { images, dy }, attributes, graph }) => {
    const { alignCorners } = attributes as tf.ResizeBilinearGradAttrs;
    return graph.op('ResizeBilinearGrad', [dy!, images!], images!, { align_corners: bool(alignCorners) });
  },
  ResizeNearestNeighborGrad: ({ inputs: { images, dy }, attributes, graph }) => {
    const { alignCorners } = attributes as tf.ResizeNearestNeighborGradAttrs;
    const size = graph.ints(images!.shape.slice(1, 3));
    return graph.op('ResizeNearestNeighborGrad', [dy!, size], images!, { align_corners: bool(alignCorners) });
  },
};
