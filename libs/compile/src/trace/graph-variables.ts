import type * as tf from '@tensorflow/tfjs';
import { dtype, shape, string } from '../graph/attribute.js';
import type { DataType } from '../graph/data-type.js';
import type { Graph, Value } from '../graph/graph.js';

/** The variables of a program, each with its resource in the graph. All functions of the program share them. */
export class GraphVariables {
  private readonly handles = new Map<tf.Variable, Value>();

  constructor(
    graph: Graph,
    readonly variables: readonly tf.Variable[],
  ) {
    for (const [i, variable] of variables.entries()) {
      const name = variableName(variable, i);
      const node = graph.add('VarHandleOp', [], [{ shape: [], dtype: 'resource' }], {
        name,
        attributes: {
          dtype: dtype(variable.dtype as DataType),
          shape: shape(variable.shape),
          container: string(''),
          shared_name: string(name),
        },
      });
      this.handles.set(variable, node.outputs[0]!);
    }
  }

  handle(variable: tf.Variable): Value | undefined {
    return this.handles.get(variable);
  }

  /**
   * A variable of the program. It is told by itself and not by its memory, which it may share with the tensor that it
   * was made of, with a clone, or with another variable: those keep their values when this one gets another.
   */
  variable(tensor: tf.TensorInfo): tf.Variable | undefined {
    return [...this.handles.keys()].find((variable) => variable === tensor);
  }
}

/** Unique, and of the letters that TensorFlow allows in a node's name. */
const variableName = ({ name }: tf.Variable, index: number): string =>
  `variable_${index}_${name.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}`;
