import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../compile-error.js';
import { bool } from '../graph/attribute.js';
import { sameShape, type Value } from '../graph/graph.js';
import { assign } from '../trace/assign.js';
import { activeRecorder, type Recorder } from '../trace/recorder.js';
import { callerPlace } from '../trace/place.js';
import { recordingBackend } from '../trace/recording-backend.js';
import { momentsOf, type Optimiser, type OptimiserStep } from './optimiser.js';

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1), with the ε of PyTorch: `w −= rate · m̂ / (√v̂ + ε)`.
 *
 * In a compiled function the update of a weight is one TensorFlow op; outside it is plain tfjs with the same result.
 * @param weights float32 variables; the optimiser's own variables are made beside them and belong to the caller
 */
export function adam(
  weights: readonly tf.Variable[],
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {},
): Optimiser {
  const state = momentsOf(weights);
  return {
    variables: state.variables,
    apply: (gradients, { rate, beta1: momentum = beta1 }: OptimiserStep) => {
      tf.tidy(() => {
        const step = tf.add(state.step, 1);
        assign(state.step, step);
        const [first, second] = [tf.sub(1, tf.pow(momentum, step)), tf.sub(1, tf.pow(beta2, step))];
        const recorder = activeRecorder();
        // TensorFlow's ε stands beside √v rather than √v̂, so it is scaled as v̂ is.
        const common = [tf.sub(1, first), tf.sub(1, second), rate, momentum, beta2, tf.mul(epsilon, tf.sqrt(second))];
        for (const [i, weight] of weights.entries()) {
          const gradient = gradients[weight.name];
          if (gradient === undefined) continue;
          const [m, v] = [state.first[i]!, state.second[i]!];
          if (recorder !== undefined) {
            recordUpdate(recorder, [weight, m, v], [...common, gradient]);
            continue;
          }
          assign(m, tf.add(tf.mul(m, momentum), tf.mul(gradient, tf.sub(1, momentum))));
          // 1 − β₂ of the rounded β₂, as TensorFlow has it: for 0.999 the two are 1.3e-5 apart.
          assign(v, tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), tf.sub(1, beta2))));
          const direction = tf.div(tf.div(m, first), tf.add(tf.sqrt(tf.div(v, second)), epsilon));
          assign(weight, tf.sub(weight, tf.mul(direction, rate)));
        }
      });
    },
  };
}

/** `ResourceApplyAdam`: variable, m, v, β1ᵗ, β2ᵗ, rate, β1, β2, ε, gradient. */
function recordUpdate(
  recorder: Recorder,
  targets: readonly tf.Variable[],
  inputs: readonly (tf.Tensor | number)[],
): void {
  const { graph } = recorder;
  const [weight] = targets;
  checkInputs(weight!, inputs);
  const values: Value[] = inputs.map((input) =>
    typeof input === 'number' ? graph.fill(Math.fround(input)) : recordingBackend().lookup(input),
  );
  const handles = targets.map((variable) => recorder.handle(variable));
  const attributes = { use_locking: bool(false), use_nesterov: bool(false) };
  recorder.write(targets, (after) =>
    graph.add('ResourceApplyAdam', [...handles, ...values], [], { attributes, after }),
  );
}

/** What plain tfjs would stumble over, TensorFlow would tell only when the function runs. @throws CompileError `UNSUPPORTED` */
function checkInputs(weight: tf.Variable, inputs: readonly (tf.Tensor | number)[]): void {
  const tensors = inputs.filter((input) => typeof input !== 'number');
  const gradient = inputs.at(-1);
  for (const tensor of tensors) {
    const shape = tensor === gradient ? weight.shape : [];
    if (tensor.dtype === 'float32' && sameShape(tensor.shape, shape)) continue;
    const what = tensor === gradient ? `The gradient of ${weight.name}` : 'A rate or momentum';
    throw new CompileError(
      'UNSUPPORTED',
      `${what} is ${tensor.dtype} [${tensor.shape.join(', ')}]${callerPlace()}, but must be float32 [${shape.join(', ')}].`,
    );
  }
}
