import { Graph, type GraphNode, type Value } from './graph.js';

/** Named inputs and results of a function. */
export interface Signature {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
}

/** A graph with the functions in it. Passes turn one into another. */
export interface GraphProgram {
  readonly graph: Graph;
  readonly signatures: Readonly<Record<string, Signature>>;
}

/**
 * Gives a node another form: a node in its place, or the values that stand for its outputs from now on, or undefined to
 * copy it as it is. Inputs, and the nodes that must run before, are those of the new graph.
 */
export type Visit = (
  node: GraphNode,
  inputs: readonly Value[],
  graph: Graph,
  after: readonly GraphNode[],
) => GraphNode | readonly Value[] | undefined;

/**
 * Copies a program node by node, in order: what no result needs is left out, and `visit` may change the rest.
 * @param visit gets each old node with its inputs in the new graph
 */
export function rewrite(program: GraphProgram, visit: Visit = () => undefined): GraphProgram {
  const graph = new Graph();
  const values = new Map<Value, Value>();
  const nodes = new Map<GraphNode, GraphNode>();
  const alive = needed(program);
  for (const node of program.graph.nodes) {
    if (!alive.has(node)) continue;
    const inputs = node.inputs.map((input) => values.get(input)!);
    const after = node.after.map((before) => nodes.get(before)!);
    const made = visit(node, inputs, graph, after) ?? graph.add(node.op, inputs, node.outputs, { ...node, after });
    const outputs = 'op' in made ? made.outputs : made;
    const standIn = 'op' in made ? made : made[0]?.node;
    if (standIn !== undefined) nodes.set(node, standIn);
    for (const [i, value] of node.outputs.entries()) values.set(value, outputs[i]!);
  }
  const now = (named: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(named).map(([name, value]) => [name, values.get(value)!]));
  const signatures: Record<string, Signature> = {};
  for (const [name, { inputs, outputs }] of Object.entries(program.signatures)) {
    signatures[name] = { inputs: now(inputs), outputs: now(outputs) };
  }
  return { graph, signatures };
}

/** Every node that an input, a result, or a write that a result waits for, depends on. */
function needed({ signatures }: GraphProgram): Set<GraphNode> {
  const alive = new Set<GraphNode>();
  const stack = Object.values(signatures).flatMap(({ inputs, outputs }) =>
    [...Object.values(inputs), ...Object.values(outputs)].map(({ node }) => node),
  );
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (alive.has(node)) continue;
    alive.add(node);
    stack.push(...node.inputs.map((input) => input.node), ...node.after);
  }
  return alive;
}
