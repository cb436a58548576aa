import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../compile-error.js';
import { cast } from '../graph/cast.js';
import { sizeOf, type Graph, type Shape, type Value } from '../graph/graph.js';
import { reshape } from '../rules/shapes.js';

/*
 * tfjs has no uint8 tensors, and floats are four times the copying. Bytes travel four to an int32 instead; in the graph
 * a bitcast takes them apart again, which moves nothing.
 */

/**
 * Bytes as the int32 tensor that a packed argument takes: `[length / 4]`. They are not copied: leave them alone until
 * the function has been called.
 * @throws CompileError `UNSUPPORTED` unless their number is a multiple of 4
 */
export function packBytes(bytes: Uint8Array): tf.Tensor1D {
  const length = packedLength([bytes.length]);
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return tf.tensor1d(new Int32Array(aligned.buffer, aligned.byteOffset, length), 'int32');
}

/** The bytes of a packed result. */
export async function unpackBytes(tensor: tf.Tensor): Promise<Uint8Array> {
  const values = (await tensor.data()) as Int32Array;
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Number of int32 values that hold this many bytes. @throws CompileError `UNSUPPORTED` unless it is whole */
export function packedLength(shape: Shape): number {
  const size = sizeOf(shape);
  if (size % 4 === 0) return size / 4;
  throw new CompileError('UNSUPPORTED', `${size} bytes (${shape.join(' × ')}) cannot be packed: use a multiple of 4.`);
}

/** int32 `[n / 4]` → float32 in 0..255 of the given shape. */
export function unpackInGraph(graph: Graph, packed: Value, shape: Shape): Value {
  const bytes = graph.op('Bitcast', [packed], { shape: [...packed.shape, 4], dtype: 'uint8' });
  return cast(graph, reshape(graph, bytes, shape), 'float32');
}

/**
 * float32 in 0..255 → rounded, saturated bytes, packed: int32 `[n / 4]`.
 * @param name of the result, for the message
 * @throws CompileError `BAD_OUTPUT` for another type
 */
export function packInGraph(graph: Graph, x: Value, name: string): Value {
  if (x.dtype !== 'float32') {
    throw new CompileError(
      'BAD_OUTPUT',
      `${name} is ${x.dtype}, but results that are packed must be float32, in 0..255: use tf.cast.`,
    );
  }
  const raised = graph.op('AddV2', [x, graph.fill(0.5)], x);
  const low = graph.op('Maximum', [raised, graph.fill(0)], x);
  const saturated = graph.op('Minimum', [low, graph.fill(255)], x);
  const length = packedLength(x.shape);
  const grouped = reshape(graph, cast(graph, saturated, 'uint8'), [length, 4]);
  return graph.op('Bitcast', [grouped], { shape: [length], dtype: 'int32' });
}
