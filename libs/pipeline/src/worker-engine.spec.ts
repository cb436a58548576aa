import path from 'node:path';
import { loadBackend, nativeBackend } from '@kinemacolor/tensor';
import { scratchDir } from '@kinemacolor/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { saveTinyModel } from './testing/tiny-model.js';
import { prepareEngine } from './worker-engine.js';

const scratch = scratchDir();
const model = path.join(scratch, 'model');
const SIZE = { batch: 1, width: 32, height: 24 };
const LUMA = new Uint8Array(SIZE.width * SIZE.height).fill(90);

beforeAll(async () => {
  await loadBackend('cpu');
  await saveTinyModel(model);
});
// What one test has loaded, the engine would find again for the next.
let caches = 0;
beforeEach(() => {
  process.env['XDG_CACHE_HOME'] = path.join(scratch, `cache-${caches++}`);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('how a worker runs the generator', () => {
  it('is as a graph', async () => {
    const engine = await prepareEngine({ model, device: 'cpu', precision: 'bf16' }, () => undefined);
    await engine.colour(LUMA, SIZE);
    expect(engine.way()).toEqual({ form: 'compiled bf16', precision: 'bf16' });
  });

  it('is op by op once libtensorflow has refused the graph, so that a calibration is kept for that', async () => {
    const backend = nativeBackend() as unknown as { loadSavedModelMetaGraph: () => number };
    vi.spyOn(backend, 'loadSavedModelMetaGraph').mockImplementation(() => {
      throw new Error('no graphs here');
    });
    const warnings: string[] = [];
    const engine = await prepareEngine({ model, device: 'cpu', precision: 'bf16' }, (text) => warnings.push(text));
    expect(engine.way()).toEqual({ form: 'compiled bf16', precision: 'bf16' });
    await engine.colour(LUMA, SIZE);
    expect(warnings).toHaveLength(1);
    expect(engine.way()).toEqual({ form: 'op by op fp32', precision: 'fp32' });
  });
});
