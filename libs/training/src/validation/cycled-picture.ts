import { renderSizeFor } from '@kinemacolor/models';
import { greyImage, type Image } from '@kinemacolor/quality';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';

/** A picture's grey after both generators, as large as the picture: what the cycle loss compares with the grey itself. */
export async function cycledPicture(
  truth: Image,
  toColour: tf.LayersModel,
  toGrey: tf.LayersModel,
  renderShort: number,
): Promise<Image> {
  const { width, height } = truth;
  const size = renderSizeFor(truth, renderShort);
  const channels = 3 as const;
  const grey = await sharp(greyImage(truth).data, { raw: { width, height, channels } })
    .resize(size.width, size.height, { fit: 'fill' })
    .raw()
    .toBuffer();
  const pixels = tf.tidy(() => {
    const input = tf.tensor4d(
      Float32Array.from(grey, (level) => level / 127.5 - 1),
      [1, size.height, size.width, 3],
    );
    const cycled = toGrey.apply(toColour.apply(input)) as tf.Tensor4D;
    return tf.clipByValue(tf.add(tf.mul(tf.add(cycled, 1), 127.5), 0.5), 0, 255).dataSync<'float32'>();
  });
  const data = await sharp(Uint8Array.from(pixels), { raw: { ...size, channels } })
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer();
  return { width, height, data };
}
