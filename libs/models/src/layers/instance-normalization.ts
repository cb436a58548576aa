import * as tf from '@tensorflow/tfjs';
import { instanceNorm } from '@kinemacolor/tensor';

/** A Keras layer around {@link instanceNorm}: no parameters, no running statistics, the shape unchanged. */
export class InstanceNormalization extends tf.layers.Layer {
  static readonly className = 'InstanceNormalization';

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return inputShape as tf.Shape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return instanceNorm(x as tf.Tensor4D);
  }
}

tf.serialization.registerClass(InstanceNormalization);
