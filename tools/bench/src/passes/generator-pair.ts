import { buildProgram, packBytes, type PassSwitches, unpackBytes } from '@kinemacolor/compile';
import { type ChromaBytes, chromaLevels, choosePrecision, loadModel, type Precision } from '@kinemacolor/models';
import * as tf from '@tensorflow/tfjs';
import { BenchError } from '../bench-error.js';
import { BF16, type Bound, differenceOf } from '../generator/agreement.js';
import { type Form, type Pair, type Switch, without } from './pair.js';

type Levels = Readonly<Record<'u' | 'v', tf.Tensor>>;

/** The same sums in another order may tip a value over to the next byte. */
const NEXT_BYTE: Bound = { mean: 1e-3, largest: 1.01 / 127.5 };
const BOUNDS: Readonly<Record<Precision, Bound>> = { fp32: NEXT_BYTE, bf16: BF16 };

/**
 * One picture at batch 1 as `kinemacolor colorize` compiles it, bytes in and bytes out, with the switch on and off.
 * Without `packedBytes` the graph takes and gives float32 levels, and JavaScript makes them from bytes and bytes of them.
 * @param folder of the model
 */
export async function generatorPair(
  folder: string,
  { height, width }: { readonly height: number; readonly width: number },
  off: Switch,
): Promise<Pair<ChromaBytes>> {
  const precision = choosePrecision('auto', 'cpu');
  const { model, info } = await loadModel(folder);
  const shape: [number, number, number, number] = [1, height, width, 1];
  const luma = Uint8Array.from({ length: height * width }, (_, i) =>
    Math.round(127.5 + 127 * Math.sin(i * 0.013) * Math.cos(i * 0.00057)),
  );
  const build = (packed: boolean, passes: Partial<PassSwitches>): ReturnType<Form<ChromaBytes>['build']> => {
    const fn = (x: tf.Tensor4D): Levels => chromaLevels((y) => model.apply(y) as tf.Tensor4D, info.config, x);
    return buildProgram(
      { chroma: { fn, signature: [{ shape, packed }], packedResults: packed } },
      { precision, passes },
    );
  };
  const packedForm = (passes: Partial<PassSwitches>): Form<ChromaBytes> => ({
    build: () => build(true, passes),
    run: async ({ functions }) => {
      const bytes = packBytes(luma);
      const results = functions['chroma']!(bytes) as Levels;
      const [u, v] = await Promise.all([unpackBytes(results.u), unpackBytes(results.v)]);
      tf.dispose([bytes, results.u, results.v]);
      return { u, v };
    },
  });
  const floatForm: Form<ChromaBytes> = {
    build: () => build(false, {}),
    run: async ({ functions }) => {
      const floats = tf.tensor4d(Float32Array.from(luma), shape);
      const results = functions['chroma']!(floats) as Levels;
      const [u, v] = await Promise.all([roundedBytes(results.u), roundedBytes(results.v)]);
      tf.dispose([floats, results.u, results.v]);
      return { u, v };
    },
  };
  return {
    on: packedForm({}),
    off: off === 'packedBytes' ? floatForm : packedForm(without(off)),
    variables: [],
    precision,
    compared: 1,
    difference: ([on], [other]) => checkedDifference(on!, other!, off, BOUNDS[precision]),
  };
}

/** The quickest way that JavaScript has: a clamped array rounds and saturates while it copies. */
async function roundedBytes(levels: tf.Tensor): Promise<Uint8Array> {
  return new Uint8Array(new Uint8ClampedArray((await levels.data()) as Float32Array).buffer);
}

/** @returns the mean over both planes, of chroma in −1..1 */
function checkedDifference(on: ChromaBytes, other: ChromaBytes, off: Switch, bound: Bound): number {
  const found = differenceOf(chromaOf(on), chromaOf(other));
  if (found.mean <= bound.mean && found.largest <= bound.largest) return found.mean;
  throw new BenchError(
    'DISAGREE',
    `The generator with and without ${off} differs by ${found.mean} in the mean and ${found.largest} at most; ` +
      `${bound.mean} and ${bound.largest} are allowed.`,
  );
}

function chromaOf({ u, v }: ChromaBytes): Float32Array {
  const values = new Float32Array(u.length + v.length);
  values.set(u);
  values.set(v, u.length);
  return values.map((level) => (level - 128) / 127.5);
}
