import * as tf from '@tensorflow/tfjs';
import { reflectionPad2d } from '@kinemacolor/tensor';

interface ReflectionPadding2DArgs {
  name?: string;
  padding: number;
}

/** A Keras layer around {@link reflectionPad2d}: `[b, h, w, c]` → `[b, h + 2·padding, w + 2·padding, c]`. */
export class ReflectionPadding2D extends tf.layers.Layer {
  static readonly className = 'ReflectionPadding2D';
  private readonly padding: number;

  constructor(args: ReflectionPadding2DArgs) {
    super(args);
    this.padding = args.padding;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch, height, width, channels] = inputShape as [number | null, number | null, number | null, number];
    const grow = (size: number | null): number | null => (size === null ? null : size + 2 * this.padding);
    return [batch, grow(height), grow(width), channels];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return reflectionPad2d(x as tf.Tensor4D, this.padding);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), padding: this.padding };
  }
}

tf.serialization.registerClass(ReflectionPadding2D);
