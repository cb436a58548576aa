import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../compile-error.js';
import { refusedTypes } from '../graph/accepted-types.js';
import type { ConstantData, Value } from '../graph/graph.js';
import { RULES } from '../rules/index.js';
import { callerPlace } from './place.js';
import { activeRecorder, type Recorder } from './recorder.js';
import { tensorConstant } from './tensor-constant.js';

export const RECORDING = 'kinemacolor-recording';

interface Held {
  readonly value: Value;
  /** The trace that it is a value of. */
  readonly recorder: Recorder;
  references: number;
}

/**
 * A tfjs backend whose kernels compute nothing: each adds nodes to the graph under way, by the rule for its kernel.
 * tfjs's autodiff is made of the same kernels, so gradients are recorded like everything else.
 */
class RecordingBackend extends tf.KernelBackend {
  private readonly held = new Map<object, Held>();

  /** tfjs hands over values that appear in the traced code: scalars, and the ones that a gradient starts with. */
  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    return this.hold(tensorConstant(recorder().graph, shape, dtype, () => values as tf.TypedArray)).dataId;
  }

  hold(value: Value): tf.TensorInfo {
    const dataId = {};
    this.held.set(dataId, { value, recorder: recorder(), references: 1 });
    return { dataId, shape: [...value.shape], dtype: value.dtype as tf.DataType };
  }

  lookup(info: tf.TensorInfo): Value {
    const held = this.held.get(info.dataId);
    if (held === undefined) return recorder().capture(info);
    if (held.recorder === recorder()) return held.value;
    throw new CompileError('VALUE_READ', `A tensor of a finished trace is used${callerPlace()}.`);
  }

  /** Whether it is a tensor of a trace. */
  holds({ dataId }: tf.TensorInfo): boolean {
    return this.held.has(dataId);
  }

  override readSync(dataId: object): tf.backend_util.BackendValues {
    const value = this.held.get(dataId)?.value;
    if (value?.node.data !== undefined) return expand(value.node.data, value);
    throw new CompileError(
      'VALUE_READ',
      `The value of ${value === undefined ? 'a tensor of another trace' : `the result of ${value.node.op}`} is read${callerPlace()}, but there is none while a function is traced: compute with tensors, or return it.`,
    );
  }

  override read(dataId: object): Promise<tf.backend_util.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override refCount(dataId: object): number {
    return this.held.get(dataId)?.references ?? 0;
  }

  override incRef(dataId: object): void {
    const held = this.held.get(dataId);
    if (held !== undefined) held.references += 1;
  }

  override disposeData(dataId: object, force = false): boolean {
    const held = this.held.get(dataId);
    if (held === undefined) return true;
    held.references -= 1;
    if (!force && held.references > 0) return false;
    this.held.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.held.size;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.held.clear();
  }
}

function recorder(): Recorder {
  const active = activeRecorder();
  if (active !== undefined) return active;
  throw new CompileError('VALUE_READ', `A tensor of a finished trace is used${callerPlace()}.`);
}

function expand(data: ConstantData, { shape, dtype }: Value): tf.TypedArray {
  if (data.kind === 'dense') return data.values.slice();
  const size = tf.util.sizeFromShape([...shape]);
  return (dtype === 'float32' ? new Float32Array(size) : new Int32Array(size)).fill(data.value);
}

const backend = new RecordingBackend();
let registered = false;

/** The recording backend, with a kernel for everything that any backend has: those without a rule say so. */
export function recordingBackend(): RecordingBackend {
  if (registered) return backend;
  registered = true;
  tf.registerBackend(RECORDING, () => backend, 0);
  const known = tf.getKernelsForBackend('tensorflow').map(({ kernelName }) => kernelName);
  for (const kernelName of new Set([...known, ...Object.keys(RULES)])) {
    tf.registerKernel({ kernelName, backendName: RECORDING, kernelFunc: (call) => record(kernelName, call) });
  }
  return backend;
}

function record(
  kernel: string,
  { inputs, attrs }: { inputs: tf.NamedTensorInfoMap; attrs?: tf.NamedAttrMap },
): tf.TensorInfo | tf.TensorInfo[] {
  const rule = RULES[kernel];
  if (rule === undefined) {
    throw new CompileError(
      'NO_RULE',
      `There is no rule for the op ${kernel}, which is called${callerPlace()}. libs/compile/README.md tells how to add one.`,
    );
  }
  const values: Record<string, Value> = {};
  for (const [name, info] of Object.entries(inputs)) {
    // Optional inputs, such as the bias of a fused convolution, come as undefined.
    if (info !== undefined) values[name] = backend.lookup(info);
  }
  const { graph } = recorder();
  const before = graph.nodes.length;
  const result = rule({ kernel, inputs: values, attributes: attrs ?? {}, graph });
  for (const node of graph.nodes.slice(before)) {
    const refused = refusedTypes(node);
    if (refused === undefined) continue;
    throw new CompileError('UNSUPPORTED', `${kernel} ${refused}, as it is called with${callerPlace()}: use tf.cast.`);
  }
  return Array.isArray(result) ? result.map((value) => backend.hold(value)) : backend.hold(result);
}
