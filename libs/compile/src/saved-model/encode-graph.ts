import type { Attribute } from '../graph/attribute.js';
import { TENSORFLOW_TYPE, type DataType } from '../graph/data-type.js';
import type { ConstantData, GraphNode, Shape, Value } from '../graph/graph.js';
import type { GraphProgram } from '../graph/rewrite.js';
import { typeAttributes } from '../graph/type-attributes.js';
import { toBfloat16 } from './bfloat16.js';
import { encodeSavedModel } from './protobuf.js';

/** Producer version of the graph format that TensorFlow 2.18 writes; later ones read it. */
const GRAPH_PRODUCER = 1882;

/**
 * Bytes of the `saved_model.pb` of these functions. Variables get their values after it is loaded.
 * @param tensorflowVersion of the TensorFlow that it is written for
 */
export function encodeProgram({ graph, signatures }: GraphProgram, tensorflowVersion: string): Uint8Array {
  const nameOf = (node: GraphNode): string => node.name ?? `${node.op.replace(/^_+/, '')}_${node.id}`;
  const edge = ({ node, index }: Value): string => (index === 0 ? nameOf(node) : `${nameOf(node)}:${index}`);
  const tensorInfos = (values: Readonly<Record<string, Value>>): object =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        {
          name: `${nameOf(value.node)}:${value.index}`,
          dtype: TENSORFLOW_TYPE[value.dtype],
          tensor_shape: shapeOf(value.shape),
        },
      ]),
    );
  const nodes = graph.nodes.map((node) => ({
    name: nameOf(node),
    op: node.op,
    input: [...node.inputs.map(edge), ...node.after.map((before) => `^${nameOf(before)}`)],
    attr: attributesOf(node),
  }));
  return encodeSavedModel({
    saved_model_schema_version: 1,
    meta_graphs: [
      {
        meta_info_def: { tags: ['serve'], tensorflow_version: tensorflowVersion },
        graph_def: { node: nodes, versions: { producer: GRAPH_PRODUCER, min_consumer: 0 } },
        signature_def: Object.fromEntries(
          Object.entries(signatures).map(([name, { inputs, outputs }]) => [
            name,
            {
              inputs: tensorInfos(inputs),
              outputs: tensorInfos(outputs),
              method_name: 'tensorflow/serving/predict',
            },
          ]),
        ),
      },
    ],
  });
}

function attributesOf(node: GraphNode): Record<string, object> {
  const result: Record<string, object> = {};
  for (const [name, type] of Object.entries(typeAttributes(node))) result[name] = { type: TENSORFLOW_TYPE[type] };
  for (const [name, attribute] of Object.entries(node.attributes)) result[name] = attributeOf(attribute);
  if (node.data !== undefined) {
    const { shape, dtype } = node.outputs[0]!;
    result['value'] = { tensor: tensorOf(node.data, shape, dtype) };
  }
  return result;
}

function attributeOf(attribute: Attribute): object {
  if ('int' in attribute) return { i: attribute.int };
  if ('ints' in attribute) return { list: { i: [...attribute.ints] } };
  if ('float' in attribute) return { f: attribute.float };
  if ('bool' in attribute) return { b: attribute.bool };
  if ('string' in attribute) return { s: Buffer.from(attribute.string) };
  if ('dtype' in attribute) return { type: TENSORFLOW_TYPE[attribute.dtype] };
  return { shape: shapeOf(attribute.shape) };
}

const shapeOf = (shape: Shape): object => ({ dim: shape.map((size) => ({ size })) });

function tensorOf(data: ConstantData, shape: Shape, dtype: DataType): object {
  const head = { dtype: TENSORFLOW_TYPE[dtype], tensor_shape: shapeOf(shape) };
  if (data.kind === 'dense') {
    const values = dtype === 'bfloat16' ? toBfloat16(data.values as Float32Array) : data.values;
    return { ...head, tensor_content: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
  }
  // One value stands for all: TensorFlow repeats the last one up to the shape.
  if (dtype === 'bfloat16') return { ...head, half_val: [...toBfloat16(Float32Array.of(data.value))] };
  if (dtype === 'float32') return { ...head, float_val: [data.value] };
  if (dtype === 'bool') return { ...head, bool_val: [data.value !== 0] };
  return { ...head, int_val: [data.value] };
}
