import type { Attribute } from '../graph/attribute.js';
import type { GraphNode } from '../graph/graph.js';

/** Whether a convolution, or a gradient of one, sees its picture as it is, with nothing put around it. */
export function isUnpadded({ attributes: { padding } }: GraphNode): boolean {
  return padding !== undefined && 'string' in padding && padding.string === 'VALID';
}

/** Whether it also takes every pixel in turn: the form that the passes know other forms of. */
export function isPlain(node: GraphNode): boolean {
  const { strides, dilations } = node.attributes;
  return isUnpadded(node) && allOne(strides) && allOne(dilations);
}

const allOne = (attribute: Attribute | undefined): boolean =>
  attribute !== undefined && 'ints' in attribute && attribute.ints.every((n) => n === 1);
