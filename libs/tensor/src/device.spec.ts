import { describe, expect, it } from 'vitest';

import { parseDevice } from './device.js';
import { TensorError } from './tensor-error.js';

describe('parseDevice', () => {
  it.each(['cpu', 'gpu', 'auto'] as const)('reads %s from the flag and from the variable', (word) => {
    expect(parseDevice(word, {})).toBe(word);
    expect(parseDevice(undefined, { KINEMACOLOR_DEVICE: word })).toBe(word);
  });

  it('takes the flag before the variable, and auto without both', () => {
    expect(parseDevice('cpu', { KINEMACOLOR_DEVICE: 'gpu' })).toBe('cpu');
    expect(parseDevice(undefined, {})).toBe('auto');
    expect(parseDevice(undefined, { KINEMACOLOR_DEVICE: '' })).toBe('auto');
  });

  it.each(['tpu', 'CPU', '', 'gpu:0'])('turns down "%s" and says what to use', (word) => {
    expect(() => parseDevice(word, {})).toThrow(TensorError);
    expect(() => parseDevice(word, {})).toThrow(`"${word}" is not a device: use cpu, gpu or auto`);
  });

  it('turns down a bad word in the variable, with the code', () => {
    expect(() => parseDevice(undefined, { KINEMACOLOR_DEVICE: 'fast' })).toThrow(
      expect.objectContaining({ name: 'TensorError', code: 'BAD_DEVICE' }),
    );
  });
});

describe('TensorError.from', () => {
  it('passes its own and wraps the rest with the cause', () => {
    const own = new TensorError('GPU_MISSING', 'x');
    expect(TensorError.from(own)).toBe(own);
    const cause = new Error('out of memory');
    const wrapped = TensorError.from(cause);
    expect(wrapped).toMatchObject({ code: 'ENGINE_FAILED', cause });
    expect(wrapped.message).toContain('out of memory');
    expect(TensorError.from(7).message).toContain('7');
  });
});
