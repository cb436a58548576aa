import { compile } from '@kinemacolor/compile';
import { choosePrecision, loadModel } from '@kinemacolor/models';
import { startColorizer } from '@kinemacolor/pipeline';
import * as tf from '@tensorflow/tfjs';
import { paintAll } from '../paint-all.js';
import type { Form } from './form.js';

/** Long enough for `auto` workers to find out what is faster. */
const LONG_FILM = 100_000;

/**
 * What `kinemacolor colorize` runs: the compiled generator in colouring threads, bytes in and bytes out. Its floats, which
 * the other sides are compared with, come from the same graph without the rounding to bytes.
 */
export async function compiledForm(folder: string, height: number, width: number): Promise<Form> {
  const precision = choosePrecision('auto', 'cpu');
  const { model } = await loadModel(folder);
  const floats = await compile((x: tf.Tensor4D) => model.apply(x) as tf.Tensor4D, [{ shape: [1, height, width, 1] }], {
    precision,
  });
  model.dispose();
  const colorizer = await startColorizer({ model: folder, device: 'cpu', precision });
  await colorizer.prepare({ frames: LONG_FILM, width, height });
  const bytes = new WeakMap<Float32Array, Uint8Array>();
  const lumaOf = (picture: Float32Array): Uint8Array => {
    const luma = bytes.get(picture) ?? Uint8Array.from(picture, (value) => Math.round((value + 1) * 127.5));
    bytes.set(picture, luma);
    return luma;
  };
  return {
    how: `compiled ${precision}, ${colorizer.workers} worker${colorizer.workers === 1 ? '' : 's'}`,
    paint: (picture) => {
      const chroma = tf.tidy(() => floats(tf.tensor4d(picture, [1, height, width, 1])));
      const values = chroma.dataSync<'float32'>();
      chroma.dispose();
      return values;
    },
    paintAll: (pictures) =>
      paintAll(colorizer, pictures.length, (i) => lumaOf(pictures[i]!).slice(), { width, height }),
  };
}
