import type * as tf from '@tensorflow/tfjs';
import { dtype, shape, string } from '../graph/attribute.js';
import type { DataType } from '../graph/data-type.js';
import type { Graph, Value } from '../graph/graph.js';

/** The variables of a program, each with its resource in the graph. All functions of the program share them. */
export class GraphVariables {
  private readonly handles = new Map<tf.Variable, Value>();
  private readonly owners: ReadonlyMap<object, tf.Variable>;

  constructor(
    graph: Graph,
    readonly variables: readonly tf.Variable[],
  ) {
    this.owners = new Map(variables.map((variable) => [variable.dataId, variable]));
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

  /** The variable that this data belonged to when the program was begun. */
  owner(dataId: object): tf.Variable | undefined {
    return this.owners.get(dataId);
  }
}

/** Unique, and of the letters that TensorFlow allows in a node's name. */
const variableName = ({ name }: tf.Variable, index: number): string =>
  `variable_${index}_${name.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}`;
