import * as tf from '@tensorflow/tfjs';

/** Rows: R, G, B; columns: their shares in Y, U and V. BT.601, full range, every value in −1..1. */
const TO_YUV = [
  [0.299, -0.168736, 0.5],
  [0.587, -0.331264, -0.418688],
  [0.114, 0.5, -0.081312],
];
/** Rows: Y, U, V; columns: R, G, B. The inverse of the above. */
const TO_RGB = [
  [1, 1, 1],
  [0, -0.344136, 1.772],
  [1.402, -0.714136, 0],
];

/** RGB `[b, h, w, 3]` in −1..1 → its luma in all three channels. */
export function greyOf(rgb: tf.Tensor4D): tf.Tensor4D {
  const shares = TO_YUV.map(([y]) => [y!, y!, y!]);
  return pixelwise(rgb, shares);
}

/** RGB `[b, h, w, 3]` → U and V `[b, h, w, 2]`, where ±1 is ±127.5 levels. */
export function chromaOf(rgb: tf.Tensor4D): tf.Tensor4D {
  return pixelwise(rgb, TO_YUV.map((shares) => shares.slice(1))); // prettier-ignore
}

/** Luma `[b, h, w, 1]` and chroma `[b, h, w, 2]` → RGB; not clipped, so that no gradient is lost. */
export function rgbOf(luma: tf.Tensor4D, chroma: tf.Tensor4D): tf.Tensor4D {
  return pixelwise(tf.concat([luma, chroma], 3), TO_RGB);
}

/** The same matrix for every pixel. Sums rather than a 1 × 1 convolution, which would run in bfloat16: losses do not. */
function pixelwise(x: tf.Tensor4D, matrix: readonly (readonly number[])[]): tf.Tensor4D {
  const channels = tf.split<tf.Tensor4D>(x, matrix.length, 3);
  const columns = matrix[0]!.map((_, to) => {
    const parts = channels.flatMap((channel, from) => {
      const share = matrix[from]![to]!;
      return share === 0 ? [] : [share === 1 ? channel : tf.mul<tf.Tensor4D>(channel, share)];
    });
    return parts.reduce((sum, part) => tf.add(sum, part));
  });
  return tf.concat(columns, 3);
}
