import type { Attribute } from './attribute.js';
import type { DataType } from './data-type.js';

export type Shape = readonly number[];

/** Shape and type of a value. */
export interface ValueType {
  readonly shape: Shape;
  readonly dtype: DataType;
}

/** One output of a node. */
export interface Value extends ValueType {
  readonly node: GraphNode;
  readonly index: number;
}

/** Contents of a `Const`: every element, or one number that all elements share. */
export type ConstantData =
  | { readonly kind: 'splat'; readonly value: number }
  | { readonly kind: 'dense'; readonly values: Float32Array | Int32Array | Uint8Array };

/** A TensorFlow op, or one of our composites before it is lowered. Inputs come first in `Graph.nodes`. */
export interface GraphNode {
  readonly id: number;
  readonly op: string;
  readonly inputs: readonly Value[];
  /** Nodes that must have run before this one. */
  readonly after: readonly GraphNode[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly Value[];
  /** Of a `Const`. */
  readonly data: ConstantData | undefined;
  /** Fixed name, of placeholders, variables and results; others are named after their op. */
  readonly name: string | undefined;
}

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly after?: readonly GraphNode[];
  readonly data?: ConstantData | undefined;
  readonly name?: string | undefined;
}

/** A list of nodes in an order in which they can run. */
export class Graph {
  readonly nodes: GraphNode[] = [];

  /** Appends a node. */
  add(op: string, inputs: readonly Value[], outputs: readonly ValueType[], options: NodeOptions = {}): GraphNode {
    const { attributes = {}, after = [], data, name } = options;
    const values: Value[] = [];
    const node: GraphNode = { id: this.nodes.length, op, inputs, after, attributes, outputs: values, data, name };
    for (const [index, { shape, dtype }] of outputs.entries()) values.push({ node, index, shape, dtype });
    this.nodes.push(node);
    return node;
  }

  /** Appends a node with one output and returns that. */
  op(op: string, inputs: readonly Value[], output: ValueType, attributes: Record<string, Attribute> = {}): Value {
    return this.add(op, inputs, [output], { attributes }).outputs[0]!;
  }

  constant(data: ConstantData, shape: Shape, dtype: DataType): Value {
    return this.add('Const', [], [{ shape, dtype }], { data }).outputs[0]!;
  }

  /** A scalar, or a whole shape of one number. */
  fill(value: number, shape: Shape = [], dtype: DataType = 'float32'): Value {
    return this.constant({ kind: 'splat', value }, shape, dtype);
  }

  /** A vector of whole numbers: shapes, axes, begins. */
  ints(values: readonly number[], shape: Shape = [values.length]): Value {
    return this.constant({ kind: 'dense', values: Int32Array.from(values) }, shape, 'int32');
  }
}

export const sizeOf = (shape: Shape): number => shape.reduce((product, side) => product * side, 1);
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((side, i) => side === b[i]);

/** Every number of a constant, in order; undefined where the value is none. */
export function numbersOf({ node: { data }, shape }: Value): readonly number[] | undefined {
  if (data === undefined) return undefined;
  return data.kind === 'dense' ? [...data.values] : Array<number>(sizeOf(shape)).fill(data.value);
}

/** The one number of a uniform constant, or undefined. */
export function splatOf({ node }: Value): number | undefined {
  return node.data?.kind === 'splat' ? node.data.value : undefined;
}
