import * as tf from '@tensorflow/tfjs';

/** An op of ours as a tfjs kernel: one named thing, so that a compiler can treat it as such, made of plain ops. */
export interface CustomKernel<Attributes extends object> {
  readonly name: string;
  /** Inputs by name → outputs. Runs inside a tidy. */
  readonly compute: (inputs: Readonly<Record<string, tf.Tensor>>, attributes: Attributes) => tf.Tensor[];
}

/** The backends that the project runs on: the native one, and tfjs's own for tests without it. */
const BACKENDS = ['tensorflow', 'cpu'];

/**
 * Registers a kernel with tfjs and returns the call. What `compute` calls is not seen by the gradient tape; a kernel
 * that is to be differentiated also needs `tf.registerGradient`.
 */
export function defineKernel<Attributes extends object>({
  name,
  compute,
}: CustomKernel<Attributes>): (inputs: Record<string, tf.Tensor>, attributes: Attributes) => tf.Tensor[] {
  for (const backendName of BACKENDS) {
    tf.registerKernel({
      kernelName: name,
      backendName,
      // tfjs hands over the caller's tensors themselves, though the type promises less.
      kernelFunc: ({ inputs, attrs }) =>
        tf.tidy(() => compute(inputs as unknown as Record<string, tf.Tensor>, attrs as unknown as Attributes)),
    });
  }
  return (inputs, attributes) => {
    const named = attributes as unknown as tf.NamedAttrMap;
    const result: tf.Tensor | tf.Tensor[] = tf.engine().runKernel(name, inputs, named);
    return Array.isArray(result) ? result : [result];
  };
}
