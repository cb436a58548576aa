import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../runtime/compile.js';
import { randomSource } from '../testing/samples.js';
import { packBytes, unpackBytes } from './packed-bytes.js';

beforeAll(async () => {
  await loadBackend('cpu');
});

const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);

describe('packBytes and unpackBytes', () => {
  it('give every byte back', async () => {
    const packed = packBytes(everyByte);
    expect(packed.dtype).toBe('int32');
    expect(packed.shape).toEqual([64]);
    expect(await unpackBytes(packed)).toEqual(everyByte);
    packed.dispose();
  });

  it.each([1, 2, 3, 4])('take a view that begins at byte %d of its buffer', async (begin) => {
    const view = everyByte.subarray(begin, begin + 200);
    const packed = packBytes(view);
    expect(await unpackBytes(packed)).toEqual(Uint8Array.from(view));
    packed.dispose();
  });

  it('turn down a number of bytes that fills no whole int32', () => {
    expect(() => packBytes(new Uint8Array(6))).toThrow('6 bytes (6) cannot be packed');
  });
});

describe('a compiled function with packed arguments and results', () => {
  it('sees the bytes as floats of the shape, and equals the float form', async () => {
    const shape = [2, 4, 4, 3];
    const random = randomSource(3);
    const bytes = Uint8Array.from({ length: 96 }, () => Math.floor(random() * 256));
    const fn = (x: tf.Tensor): tf.Tensor => tf.sub(255, tf.mul(x, 0.7));
    const [packed, plain] = [await compile(fn, [{ shape, packed: true }]), await compile(fn, [{ shape }])];
    const [argument, floats] = [packBytes(bytes), tf.tensor([...bytes], shape)];
    const [left, right] = [packed(argument), plain(floats)];
    expect(left.shape).toEqual(shape);
    expect([...left.dataSync()]).toEqual([...right.dataSync()]);
    tf.dispose([argument, floats, left, right]);
    packed.dispose();
    plain.dispose();
  });

  it('rounds to the nearest byte and saturates', async () => {
    const values = [-1e9, -0.6, -0.4, 0, 0.4, 0.6, 1.499, 1.501, 127.4, 127.6, 254.4, 254.6, 255, 255.6, 256, 1e9];
    const expected = [0, 0, 0, 0, 0, 1, 1, 2, 127, 128, 254, 255, 255, 255, 255, 255];
    const compiled = await compile((x: tf.Tensor) => tf.clone(x), [{ shape: [16] }], { packedResults: true });
    const x = tf.tensor1d(values);
    const result = compiled(x);
    expect(result.dtype).toBe('int32');
    expect(result.shape).toEqual([4]);
    expect([...(await unpackBytes(result))]).toEqual(expected);
    tf.dispose([x, result]);
    compiled.dispose();
  });

  it.each(['fp32', 'bf16'] as const)('gives every byte back in %s', async (precision) => {
    const options = { packedResults: true, precision };
    const compiled = await compile((x: tf.Tensor) => [tf.add(x, 0), tf.sub(255, x)], [{ shape: [8, 32], packed: true }], options); // prettier-ignore
    const packed = packBytes(everyByte);
    const [same, turned] = compiled(packed) as [tf.Tensor, tf.Tensor];
    expect(await unpackBytes(same)).toEqual(everyByte);
    expect(await unpackBytes(turned)).toEqual(everyByte.toReversed());
    tf.dispose([packed, same, turned]);
    compiled.dispose();
  });

  it.each(['int32', 'bool'] as const)('names a result that is %s', async (dtype) => {
    const fn = (x: tf.Tensor): Record<string, tf.Tensor> => ({ x, level: tf.cast(x, dtype) });
    const compiling = compile(fn, [{ shape: [2, 4] }], { packedResults: true });
    await expect(compiling).rejects.toMatchObject({ code: 'BAD_OUTPUT' });
    await expect(compiling).rejects.toThrow(`main: level is ${dtype}, but results that are packed must be float32`);
  });

  it('names an argument that is not packed', async () => {
    const compiled = await compile((x: tf.Tensor) => tf.neg(x), [{ shape: [2, 4], packed: true }]);
    const x = tf.ones([2, 4]);
    expect(() => compiled(x)).toThrow('argument_0 is float32 [2, 4], but the function was compiled for int32 [2]');
    x.dispose();
    compiled.dispose();
  });
});
