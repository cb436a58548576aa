import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../compile-error.js';
import type { DataType } from '../graph/data-type.js';
import { sameShape, type Graph, type GraphNode, type Value } from '../graph/graph.js';
import type { GraphVariables } from './graph-variables.js';
import { callerPlace } from './place.js';
import { tensorConstant } from './tensor-constant.js';

/**
 * One trace under way: turns what kernels receive into values of the graph. A tensor made before the trace becomes a
 * constant, or, when it is a variable of the program, a read of that variable.
 */
export class Recorder {
  /** Nodes that change variables; the function's results wait for them. */
  readonly effects: GraphNode[] = [];
  private readonly captured = new Map<object, Value>();
  /** What a variable holds at this point of the function. */
  private readonly current = new Map<tf.Variable, Value>();
  /** Reads and writes of a variable so far: the next write waits for them. */
  private readonly touched = new Map<tf.Variable, GraphNode[]>();

  constructor(
    readonly graph: Graph,
    private readonly variables: GraphVariables,
    /** The values of a tensor that lives outside of the trace. */
    private readonly readOutside: (dataId: object) => tf.TypedArray,
  ) {}

  /** The value of a tensor that was not made in this trace. @throws CompileError `DISPOSED` where it has none any more */
  capture(tensor: tf.TensorInfo): Value {
    const { dataId, shape, dtype } = tensor;
    const variable = this.variables.variable(tensor);
    if (variable !== undefined) return this.read(variable);
    const known = this.captured.get(dataId);
    if (known !== undefined) return known;
    if (!tf.engine().state.tensorInfo.has(dataId)) throw disposedWhenUsed(tensor);
    const value = tensorConstant(this.graph, shape, dtype, () => this.readOutside(dataId));
    this.captured.set(dataId, value);
    return value;
  }

  /** What the variable holds now: what was assigned last, or else what it held when the function was called. */
  read(variable: tf.Variable): Value {
    const known = this.current.get(variable);
    if (known !== undefined) return known;
    const { shape } = variable;
    const node = this.graph.add(
      'ReadVariableOp',
      [this.handle(variable)],
      [{ shape, dtype: variable.dtype as DataType }],
      { after: this.lastWrite(variable) },
    );
    this.touch(variable, node);
    this.current.set(variable, node.outputs[0]!);
    return node.outputs[0]!;
  }

  /** The resource of a variable. @throws CompileError `UNKNOWN_VARIABLE` unless it is one of the program's */
  handle(variable: tf.Variable): Value {
    const handle = this.variables.handle(variable);
    if (handle === undefined) {
      throw new CompileError(
        'UNKNOWN_VARIABLE',
        `${variable.name} is changed${callerPlace()}, but is not among the variables that compile() was given.`,
      );
    }
    return handle;
  }

  /**
   * Records that the variable gets this value, after everything that has read it so far.
   * @throws CompileError `UNSUPPORTED` for a value of another shape or type
   */
  assign(variable: tf.Variable, value: Value): void {
    const handle = this.handle(variable);
    if (!sameShape(variable.shape, value.shape) || variable.dtype !== value.dtype) {
      throw new CompileError(
        'UNSUPPORTED',
        `${variable.name} is ${variable.dtype} [${variable.shape.join(', ')}] and cannot become ${value.dtype} [${value.shape.join(', ')}], as it is to${callerPlace()}.`,
      );
    }
    this.write([variable], (after) => this.graph.add('AssignVariableOp', [handle, value], [], { after }));
    this.current.set(variable, value);
  }

  /**
   * Records an op that changes variables in place.
   * @param make adds the node, which must run after the given ones
   */
  write(variables: readonly tf.Variable[], make: (after: readonly GraphNode[]) => GraphNode): void {
    const node = make(variables.flatMap((variable) => this.touched.get(variable) ?? []));
    this.effects.push(node);
    for (const variable of variables) {
      this.current.delete(variable);
      this.touched.set(variable, [node]);
    }
  }

  private touch(variable: tf.Variable, node: GraphNode): void {
    this.touched.set(variable, [...(this.touched.get(variable) ?? []), node]);
  }

  private lastWrite(variable: tf.Variable): GraphNode[] {
    return (this.touched.get(variable) ?? []).filter(({ op }) => op !== 'ReadVariableOp');
  }
}

/** Most often one that was made inside the function and not returned from where its gradients are taken. */
export const disposedWhenUsed = ({ dtype, shape }: tf.TensorInfo): CompileError =>
  new CompileError(
    'DISPOSED',
    `A tensor, ${dtype} [${shape.join(', ')}], is used${callerPlace()} after it was disposed, by a tidy perhaps (tf.variableGrads and the like have one): tf.keep it until then.`,
  );

let active: Recorder | undefined;

/** The trace under way, if any: how `assign` and the optimisers know whether to compute or to record. */
export const activeRecorder = (): Recorder | undefined => active;

/** Runs `record` with this trace under way. Traces do not nest. */
export function withRecorder<T>(recorder: Recorder, record: () => T): T {
  if (active !== undefined) {
    throw new CompileError('UNSUPPORTED', `compile() was called while another function is traced${callerPlace()}.`);
  }
  active = recorder;
  try {
    return record();
  } finally {
    active = undefined;
  }
}
