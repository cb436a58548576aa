import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../compile-error.js';
import type { DataType } from '../graph/data-type.js';
import { Graph, type GraphNode, type Value } from '../graph/graph.js';
import type { GraphProgram, Signature } from '../graph/rewrite.js';
import {
  argumentName,
  flatten,
  PROTOTYPE,
  type ArgumentSpec,
  type Returned,
  type ReturnForm,
} from './function-shape.js';
import { checkSignature } from './check-signature.js';
import { GraphVariables } from './graph-variables.js';
import { guarded } from './guards.js';
import { packedLength, packInGraph, unpackInGraph } from './packed-bytes.js';
import { Recorder, withRecorder } from './recorder.js';
import { RECORDING, recordingBackend } from './recording-backend.js';

/** A function to trace, with what it takes. */
export interface TracedFunction {
  readonly fn: (...args: never[]) => Returned;
  readonly signature: readonly ArgumentSpec[];
  /** The results, in 0..255, leave as bytes, four to an int32 (`unpackBytes`). */
  readonly packedResults?: boolean;
}

/** How a function of a program is called. */
export interface FunctionInterface {
  readonly signature: readonly ArgumentSpec[];
  readonly returns: ReturnForm;
}

export interface TracedProgram extends GraphProgram {
  readonly functions: Readonly<Record<string, FunctionInterface>>;
}

/** Signatures that every program with variables has besides its functions: writing and reading them. */
export const WRITE_VARIABLES = 'write_variables';
export const READ_VARIABLES = 'read_variables';
/** The result of a function that returns nothing but changes variables needs a name as well. */
export const valueName = (index: number): string => `value_${index}`;

/**
 * Runs every function once with tensors that stand for its arguments and records the ops it calls. The variables are
 * shared; each function reads them anew. Nothing is computed, and no variable is changed.
 * @throws CompileError `VALUE_READ`, `NO_RULE`, `UNSUPPORTED`, `BAD_OUTPUT`, `UNKNOWN_VARIABLE`, `BAD_OPTION`
 */
export function trace(
  functions: Readonly<Record<string, TracedFunction>>,
  variables: readonly tf.Variable[],
): TracedProgram {
  const graph = new Graph();
  const known = new GraphVariables(graph, variables);
  const signatures: Record<string, Signature> = {};
  const interfaces: Record<string, FunctionInterface> = {};
  for (const [name, traced] of Object.entries(functions)) {
    checkName(name, Object.keys(interfaces));
    checkSignature(name, traced);
    const { signature, returns } = traceFunction(graph, known, name, traced);
    signatures[name] = signature;
    interfaces[name] = { signature: traced.signature, returns };
  }
  if (variables.length > 0) {
    signatures[WRITE_VARIABLES] = writeSignature(graph, known);
    signatures[READ_VARIABLES] = readSignature(graph, known);
  }
  return { graph, signatures, functions: interfaces };
}

function traceFunction(
  graph: Graph,
  variables: GraphVariables,
  name: string,
  { fn, signature, packedResults = false }: TracedFunction,
): { signature: Signature; returns: ReturnForm } {
  const inputs: Record<string, Value> = {};
  const args: Value[] = [];
  for (const [i, spec] of signature.entries()) {
    const { shape, dtype = 'float32', packed = false } = spec;
    const type = packed ? ({ shape: [packedLength(shape)], dtype: 'int32' } as const) : { shape, dtype };
    const argument = argumentName(spec, i);
    if (Object.hasOwn(inputs, argument))
      throw new CompileError('UNSUPPORTED', `Two arguments of ${name} are called ${argument}.`);
    const placeholder = placeholderFor(graph, nodeName(name, 'argument', i), type.shape, type.dtype);
    inputs[argument] = placeholder;
    args.push(packed ? unpackInGraph(graph, placeholder, shape) : placeholder);
  }
  const engine = tf.engine();
  const readOutside = engine.readSync.bind(engine);
  const recorder = new Recorder(graph, variables, (dataId) => readOutside(dataId) as tf.TypedArray);
  const outputs: Record<string, Value> = {};
  const returns = onRecordingBackend(() =>
    withRecorder(recorder, () => {
      const backend = recordingBackend();
      return tf.tidy(() => {
        const tensors = args.map((value) => engine.makeTensorFromTensorInfo(backend.hold(value)));
        const returned = guarded(name, variables.variables, () => fn(...(tensors as never[])));
        const { form, tensors: results } = flatten(returned, name);
        for (const [i, [key, tensor]] of Object.entries(results).entries()) {
          const value = backend.lookup(tensor);
          outputs[key] = result(graph, packedResults ? packInGraph(graph, value, `${name}: ${key}`) : value, nodeName(name, 'result', i), recorder.effects); // prettier-ignore
        }
        // Results belong to the caller, who gets none now: one that was kept would hold the whole trace.
        tf.dispose(Object.values(results).filter((tensor) => tensor.kept && backend.holds(tensor)));
        // Tensors do not leave the trace; what tidy returns must not be one of them.
        return form as unknown as tf.TensorContainer;
      }) as unknown as ReturnForm;
    }),
  );
  return { signature: { inputs, outputs }, returns };
}

/** @throws CompileError `UNSUPPORTED` for a name that the nodes of the function cannot have */
function checkName(name: string, others: readonly string[]): void {
  const fail = (why: string): never => {
    throw new CompileError('UNSUPPORTED', `A function cannot be called ${JSON.stringify(name)}: ${why}.`);
  };
  if (name === WRITE_VARIABLES || name === READ_VARIABLES) fail('every program has one of its own');
  if (name === PROTOTYPE) fail('every object has one of its own');
  if (!/^[\x21-\x7e]+$/.test(name) || folder(name) === '') fail('use letters A to Z, digits, dots, underscores');
  const alike = others.find((other) => folder(other) === folder(name));
  if (alike !== undefined) fail(`${JSON.stringify(alike)} is too much alike`);
}

/** Of letters that TensorFlow allows, and unlike any other: what the caller named them is in the signature. */
const nodeName = (functionName: string, what: 'argument' | 'result', index: number): string =>
  `${folder(functionName)}/${what}_${index}`;
const folder = (functionName: string): string => functionName.replaceAll(/[^A-Za-z0-9.]/g, '_').replace(/^_*/, '');

/** A result by its name in the SavedModel; it is there when every variable has been changed. */
function result(graph: Graph, value: Value, name: string, after: readonly GraphNode[]): Value {
  return graph.add('Identity', [value], [value], { name, after }).outputs[0]!;
}

function placeholderFor(graph: Graph, name: string, shape: readonly number[], dtype: DataType): Value {
  const attributes = { shape: { shape } };
  return graph.add('Placeholder', [], [{ shape, dtype }], { name, attributes }).outputs[0]!;
}

function writeSignature(graph: Graph, known: GraphVariables): Signature {
  const inputs: Record<string, Value> = {};
  const writes = known.variables.map((variable, i) => {
    const name = valueName(i);
    inputs[name] = placeholderFor(graph, `${WRITE_VARIABLES}/${name}`, variable.shape, variable.dtype as DataType);
    return graph.add('AssignVariableOp', [known.handle(variable)!, inputs[name]], []);
  });
  const done = result(graph, graph.fill(known.variables.length, [], 'int32'), `${WRITE_VARIABLES}/done`, writes);
  return { inputs, outputs: { done } };
}

function readSignature(graph: Graph, known: GraphVariables): Signature {
  const outputs: Record<string, Value> = {};
  for (const [i, variable] of known.variables.entries()) {
    const type = { shape: variable.shape, dtype: variable.dtype as DataType };
    const value = graph.op('ReadVariableOp', [known.handle(variable)!], type);
    outputs[valueName(i)] = result(graph, value, `${READ_VARIABLES}/${valueName(i)}`, []);
  }
  return { inputs: {}, outputs };
}

/** Switches tfjs to the recording backend for a synchronous piece of work. */
function onRecordingBackend<T>(record: () => T): T {
  recordingBackend();
  const before = tf.getBackend();
  switchTo(RECORDING);
  try {
    return record();
  } catch (error) {
    dropTape();
    throw error;
  } finally {
    switchTo(before);
  }
}

/** When a gradient ends with an error, tfjs keeps what it had saved for the way back. */
function dropTape(): void {
  const { state } = tf.engine();
  if (state.gradientDepth > 0) return;
  for (const { saved } of (state.activeTape as typeof state.activeTape | null) ?? []) tf.dispose(saved ?? []);
  state.activeTape = [];
}

/** `tf.setBackend` does its work before it first awaits when the backend needs no time to start, as both here. */
function switchTo(name: string): void {
  let failure: unknown;
  tf.setBackend(name).catch((error: unknown) => {
    failure = error;
  });
  if (tf.getBackend() !== name) {
    throw new CompileError('UNSUPPORTED', `tfjs did not change to the backend ${name}.`, { cause: failure });
  }
}
