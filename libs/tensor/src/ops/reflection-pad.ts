import * as tf from '@tensorflow/tfjs';
import { defineKernel } from './custom-kernel.js';
import { nativeBackend } from './tensorflow-ops.js';

/** Kernel names, for whoever gives these ops another form (`libs/compile`). */
export const REFLECTION_PAD = 'ReflectionPad2d';
export const REFLECTION_PAD_GRADIENT = 'ReflectionPad2dGrad';

export interface ReflectionPadAttributes {
  /** Pixels on every side. */
  readonly pad: number;
}

const forward = defineKernel<ReflectionPadAttributes>({
  name: REFLECTION_PAD,
  compute: ({ x }, { pad }) => {
    const paddings: [number, number][] = [[0, 0], [pad, pad], [pad, pad], [0, 0]]; // prettier-ignore
    return [tf.mirrorPad(x!, paddings, 'reflect')];
  },
});

const backward = defineKernel<ReflectionPadAttributes>({
  name: REFLECTION_PAD_GRADIENT,
  compute: ({ dy }, { pad }) => [nativeGradient(dy as tf.Tensor4D, pad) ?? foldReflections(dy as tf.Tensor4D, pad)],
});

tf.registerGradient({
  kernelName: REFLECTION_PAD,
  gradFunc: (dy, _saved, attributes) => {
    const { pad } = attributes as unknown as ReflectionPadAttributes;
    return { x: () => reflectionPadGradient(dy as tf.Tensor4D, pad) };
  },
});

/**
 * Pads height and width by reflection, the edge itself not repeated: `[b, h, w, c]` → `[b, h + 2·pad, w + 2·pad, c]`.
 *
 * `tf.mirrorPad` has the same values but a wrong gradient in tfjs 4.22 (a plain slice: what was reflected gets nothing
 * back), so this op brings its own: what is reflected returns to where it came from.
 * @throws RangeError unless `pad` is a whole number, `0 ≤ pad < h` and `pad < w`
 */
export function reflectionPad2d(x: tf.Tensor4D, pad: number): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (!Number.isInteger(pad) || pad < 0) throw new RangeError(`${pad} is not a number of pixels to pad by.`);
  if (pad >= height || pad >= width) {
    throw new RangeError(
      `A reflection pad of ${pad} needs a picture larger than ${pad}×${pad}, not ${width}×${height}.`,
    );
  }
  return forward({ x }, { pad })[0] as tf.Tensor4D;
}

/** The gradient of {@link reflectionPad2d}: `[b, h + 2·pad, w + 2·pad, c]` → `[b, h, w, c]`. */
export function reflectionPadGradient(dy: tf.Tensor4D, pad: number): tf.Tensor4D {
  return backward({ dy }, { pad })[0] as tf.Tensor4D;
}

function nativeGradient(dy: tf.Tensor4D, pad: number): tf.Tensor4D | undefined {
  const native = nativeBackend();
  if (native === undefined) return undefined;
  return tf.tidy(() => {
    const { binding } = native;
    const paddings = tf.tensor2d([0, 0, pad, pad, pad, pad, 0, 0], [4, 2], 'int32');
    const attributes = [
      { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
      { name: 'Tpaddings', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 },
      { name: 'mode', type: binding.TF_ATTR_STRING, value: 'REFLECT' },
    ];
    return native.executeSingleOutput('MirrorPadGrad', attributes, [dy, paddings]) as tf.Tensor4D;
  });
}

/** The same in plain tfjs ops: the strips outside the picture are mirrored and added to the pixels they copied. */
export function foldReflections(dy: tf.Tensor4D, pad: number): tf.Tensor4D {
  return tf.tidy(() => foldAxis(foldAxis(dy, 1, pad), 2, pad));
}

function foldAxis(dy: tf.Tensor4D, axis: 1 | 2, pad: number): tf.Tensor4D {
  const size = dy.shape[axis] - 2 * pad;
  const part = (begin: number, length: number): tf.Tensor4D => {
    const from: [number, number, number, number] = [0, 0, 0, 0];
    const count = [...dy.shape] as [number, number, number, number];
    from[axis] = begin;
    count[axis] = length;
    return tf.slice4d(dy, from, count);
  };
  const placed = (strip: tf.Tensor4D, before: number): tf.Tensor4D => {
    const around: [number, number][] = [[0, 0], [0, 0], [0, 0], [0, 0]]; // prettier-ignore
    around[axis] = [before, size - pad - before];
    return tf.pad(tf.reverse(strip, axis), around);
  };
  const first = placed(part(0, pad), 1);
  const last = placed(part(pad + size, pad), size - 1 - pad);
  return tf.addN([part(pad, size), first, last]);
}
