import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { loadBackend, type Engine } from './backend.js';
import { nativeBackend } from './ops/tensorflow-ops.js';

let engine: Engine;
beforeAll(async () => {
  engine = await loadBackend('cpu');
});

describe('loadBackend', () => {
  it('reports the device, the version and how the engine was provided', () => {
    expect(engine.device).toBe('cpu');
    expect(engine.tensorflowVersion).toMatch(/^2\.\d+\.\d+/);
    expect(engine.rung).toMatch(/\S/);
    expect(Object.isFrozen(engine)).toBe(true);
  });

  it('makes TensorFlow the backend of plain tfjs', () => {
    expect(tf.getBackend()).toBe('tensorflow');
    expect(nativeBackend()).toBe(tf.backend());
    expect(tf.tidy(() => tf.add([1, 2], [3, 4]).arraySync())).toEqual([4, 6]);
  });

  it('gives the same engine again, for auto as well', async () => {
    expect(await loadBackend('cpu')).toBe(engine);
    expect(await loadBackend('auto')).toBe(engine);
    expect(await Promise.all([loadBackend('auto'), loadBackend('cpu')])).toEqual([engine, engine]);
  });

  it('does not move to another device in the same process', async () => {
    await expect(loadBackend('gpu')).rejects.toMatchObject({ name: 'TensorError', code: 'BAD_DEVICE' });
  });

  it('keeps the start of TensorFlow quiet and its share of a GPU small', () => {
    expect(process.env['TF_CPP_MIN_LOG_LEVEL']).toBeDefined();
    expect(process.env['TF_FORCE_GPU_ALLOW_GROWTH']).toBeDefined();
  });
});

describe('without the native backend', () => {
  it('there is none to run ops by name', async () => {
    await tf.setBackend('cpu');
    try {
      expect(nativeBackend()).toBeUndefined();
    } finally {
      await tf.setBackend('tensorflow');
    }
  });
});
