import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { scratchDir } from '@kinemacolor/testing';
import { recallWorkers, rememberWorkers, thisMachine, type CalibrationKey } from './calibration-cache.js';
import { startColorizer, type Colorizer } from './colorizer.js';
import { saveTinyModel } from './testing/tiny-model.js';

const scratch = scratchDir();
const model = path.join(scratch, 'model');
const film = { frames: 1000, width: 32, height: 24 };
const cores = availableParallelism();

let cache: string;
let run = 0;
const before = process.env['XDG_CACHE_HOME'];
beforeAll(() => saveTinyModel(model));
beforeEach(() => {
  process.env['XDG_CACHE_HOME'] = path.join(scratch, `cache-${run++}`);
  cache = path.join(process.env['XDG_CACHE_HOME'], 'kinemacolor');
});
afterEach(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
});

async function start(workers: 'auto' | number = 'auto'): Promise<Colorizer> {
  const colorizer = await startColorizer({ model, device: 'cpu', workers });
  onTestFinished(() => colorizer.close());
  return colorizer;
}

interface Kept {
  calibrations: (CalibrationKey & { workers: number })[];
}
const kept = async (): Promise<Kept> => JSON.parse(await readFile(path.join(cache, 'workers.json'), 'utf8')) as Kept;

/** Overwrites the one answer that is kept, so that it shows whether it is used. */
async function falsify(workers: number): Promise<void> {
  const { calibrations } = await kept();
  await writeFile(
    path.join(cache, 'workers.json'),
    JSON.stringify({ calibrations: calibrations.map((one) => ({ ...one, workers })) }),
  );
}

describe.skipIf(cores === 1)('prepare (skipped on one core: there is nothing to choose)', () => {
  it('measures once for a long film, and remembers the answer', async () => {
    const colorizer = await start();
    await colorizer.prepare(film);
    expect((await colorizer.colorize(new Uint8Array(32 * 24), { batch: 1, width: 32, height: 24 })).u).toHaveLength(
      768,
    );
    const { calibrations } = await kept();
    expect(calibrations).toEqual([
      {
        ...thisMachine(),
        weights: colorizer.info.weightsSha256,
        form: expect.any(String) as string,
        tensorflow: colorizer.engine.tensorflowVersion,
        width: 32,
        height: 24,
        workers: colorizer.workers,
      },
    ]);

    const other = colorizer.workers === 1 ? 2 : 1;
    await falsify(other);
    const later = await start();
    await later.prepare({ ...film, frames: 3 });
    expect(later.workers).toBe(other);
  });

  it('measures anew when the cache is damaged, and for another size', async () => {
    await mkdir(cache, { recursive: true });
    await writeFile(path.join(cache, 'workers.json'), '{"calibrations":');
    const colorizer = await start();
    await colorizer.prepare(film);
    await colorizer.prepare({ ...film, width: 40 });
    expect((await kept()).calibrations.map(({ width }) => width)).toEqual([32, 40]);
  });

  it('does not measure for a short film, one of unknown length, a chosen number, or after an abort', async () => {
    for (const frames of [199, undefined]) {
      const colorizer = await start();
      await colorizer.prepare({ ...film, frames });
      expect(colorizer.workers).toBe(1);
    }
    const two = await start(2);
    await two.prepare(film);
    expect(two.workers).toBe(2);
    const aborted = await start();
    await aborted.prepare({ ...film, signal: AbortSignal.abort() });
    expect(aborted.workers).toBe(1);
    await expect(kept()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('colours on when the answer cannot be kept', async () => {
    await mkdir(path.dirname(cache), { recursive: true });
    await writeFile(cache, 'a file where the folder should be');
    const colorizer = await start();
    await colorizer.prepare(film);
    expect((await colorizer.colorize(new Uint8Array(32 * 24), { batch: 1, width: 32, height: 24 })).u).toHaveLength(
      768,
    );
  });
});

describe('the calibration cache', () => {
  const key = (width: number): CalibrationKey => ({
    ...thisMachine(),
    weights: 'w',
    form: 'f',
    tensorflow: 't',
    width,
    height: 8,
  });

  it('keeps the newest 64 answers, and one for a question', async () => {
    for (let width = 0; width < 70; width++) await rememberWorkers(key(width), 1);
    await rememberWorkers(key(69), cores);
    expect(await recallWorkers(key(69))).toBe(cores);
    expect(await recallWorkers(key(6))).toBe(1);
    expect(await recallWorkers(key(5))).toBeUndefined();
    expect((await kept()).calibrations).toHaveLength(64);
    expect(await readdir(cache)).toEqual(['workers.json']);
  });

  it('counts as empty when it is damaged, and is whole again after the next answer', async () => {
    await mkdir(cache, { recursive: true });
    const wrong = { calibrations: [{ ...key(8), workers: '2' }, { ...key(8), workers: 99 }, 7] };
    const damages = ['', '{"calibrations":', '[]', 'null', JSON.stringify(wrong), ' '.repeat(100_000)];
    for (const damage of damages) {
      await writeFile(path.join(cache, 'workers.json'), damage);
      expect(await recallWorkers(key(8))).toBeUndefined();
      await rememberWorkers(key(8), 1);
      expect(await recallWorkers(key(8))).toBe(1);
      expect((await kept()).calibrations).toHaveLength(1);
    }
  });

  it('knows nothing of another machine, model or form', async () => {
    await rememberWorkers(key(8), 1);
    for (const other of [
      { cpu: 'x' },
      { cores: 99 },
      { weights: 'x' },
      { form: 'x' },
      { tensorflow: 'x' },
      { height: 9 },
    ]) {
      expect(await recallWorkers({ ...key(8), ...other })).toBeUndefined();
    }
  });
});
