import type { Graph, Value } from '../graph/graph.js';

/** A call of a tfjs kernel while a function is traced. */
export interface KernelCall {
  readonly kernel: string;
  /** The kernel's inputs by name; ops that take a list have the names 0, 1, 2 … */
  readonly inputs: Readonly<Record<string, Value>>;
  /** The kernel's attributes, as `kernel_names.ts` of tfjs-core declares them for this kernel. */
  readonly attributes: object;
  readonly graph: Graph;
}

/** Adds the nodes that compute a kernel and returns its outputs, in the kernel's order. Shapes are static. */
export type Rule = (call: KernelCall) => Value | Value[];

export type Rules = Readonly<Record<string, Rule>>;
