import path from 'node:path';
import { endJob, openModelRecords, publishModel, versionOf } from '@kinemacolor/jobs';
import { JobState, type ModelRecord } from '@kinemacolor/contracts';
import { startColorizer, type Colorizer } from '@kinemacolor/pipeline';
import { scratchDir } from '@kinemacolor/testing';
import type { Records } from '@kinemacolor/streaming';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatorStudio } from './generator-studio.js';
import { startColorizerService, type ColorizerService } from './service.js';
import { ColourWorld, HEIGHT, indexes, lumaOf, upTo, WIDTH } from './testing/colour-world.js';
import { saveTinyModel } from './testing/tiny-model.js';

/** With real generators, which are tiny. */
const folder = scratchDir();
const modelFolder = (seed: number): string => path.join(folder, `seed-${seed}`);
let world: ColourWorld;
let records: Records<ModelRecord>;
beforeAll(async () => {
  world = await ColourWorld.open(folder);
  records = await openModelRecords(world.bus.connection);
  for (const seed of [3, 4]) await saveTinyModel(modelFolder(seed), { seed });
});
afterAll(async () => {
  for (const opening of opened.values()) await (await opening).close();
  await world.close();
});

async function withService(env: NodeJS.ProcessEnv, work: (service: ColorizerService) => Promise<void>): Promise<void> {
  const config = world.config({ KINEMACOLOR_MODEL: modelFolder(3), ...env });
  const service = await startColorizerService(config, world.log, await generatorStudio(config, world.log));
  try {
    await work(service);
  } finally {
    await service.drain();
  }
}
const servingOf = async (name: string): Promise<string> => (await records.get(name))!.serving;

/** What the model itself paints. */
async function paintedBy(seed: number, index: number): Promise<{ u: Uint8Array; v: Uint8Array }> {
  let opening = opened.get(seed);
  if (opening === undefined) {
    opening = startColorizer({ model: modelFolder(seed), device: 'cpu', precision: 'fp32', workers: 1 });
    opened.set(seed, opening);
  }
  return (await opening).colorize(lumaOf(index), { batch: 1, width: WIDTH, height: HEIGHT });
}
const opened = new Map<number, Promise<Colorizer>>();

describe('the colorizer', () => {
  it('paints what the model paints, and says what, when and for what', async () => {
    await withService({}, async (service) => {
      const job = await world.job('plain');
      await world.send(job, 6);
      const traces: string[] = [];
      const frames = await world.take(job, 6, (_, trace) => traces.push(trace));
      expect(indexes(frames)).toEqual(upTo(6));
      expect(traces.toSorted()[5]).toBe('trace-5');
      const third = frames.find(({ frame }) => frame?.index === 3)!;
      expect({ ...third }).toMatchObject({ ...(await paintedBy(3, 3)), width: WIDTH, height: HEIGHT, shot: 1, model: 'tiny', modelVersion: await servingOf('tiny'), luma: lumaOf(3) }); // prettier-ignore
      expect(third.frame).toMatchObject({ jobId: job, pts: '120', epoch: 1 });
      const { decodedUs, takenUs, batchedUs, colouredUs } = third.times!;
      expect([decodedUs, takenUs, batchedUs, colouredUs]).toEqual([decodedUs, takenUs, batchedUs, colouredUs].toSorted((a, b) => a - b)); // prettier-ignore
      await expect.poll(() => world.waiting('luma', job)).toBe(0);
      // Counted when the colorizer has heard that the frame is gone.
      await expect.poll(() => service.counts).toMatchObject({ painted: 6, batches: 6, poison: 0 });
    });
  });

  it('paints frames of several jobs in one batch, with the colours that they have alone', async () => {
    await withService({ KINEMACOLOR_MAX_BATCH: '4', KINEMACOLOR_MAX_DELAY_MS: '2000' }, async (service) => {
      const jobs = [await world.job('batch-a'), await world.job('batch-b')];
      await Promise.all(jobs.map((job) => world.send(job, 8)));
      const taken = await Promise.all(jobs.map((job) => world.take(job, 8)));
      const alone = await paintedBy(3, 5);
      for (const frames of taken) {
        const { u } = frames.find(({ frame }) => frame?.index === 5)!;
        // Another order of float additions may tip a level over.
        expect(Math.max(...u.map((value, i) => Math.abs(value - alone.u[i]!)))).toBeLessThanOrEqual(1);
      }
      await expect.poll(() => service.counts.painted).toBe(16);
      expect(service.counts.batches).toBeLessThanOrEqual(8);
    });
  });

  it('leaves nothing of a job that has ended', async () => {
    await withService({}, async (service) => {
      const job = await world.job('ended');
      await endJob(world.jobs, job, { state: JobState.CANCELLED });
      await world.send(job, 5);
      await world.send('nobody', 5);
      for (const id of [job, 'nobody']) await expect.poll(() => world.waiting('luma', id)).toBe(0);
      expect(service.counts.painted).toBe(0);
      // Cancelled while its frames are being coloured: what is published then is cleared away.
      const late = await world.job('late');
      await world.send(late, 3);
      await world.take(late, 1);
      await world.send(late, 8, undefined, 3);
      await endJob(world.jobs, late, { state: JobState.CANCELLED });
      await expect.poll(() => world.waiting('chroma', late)).toBe(0);
    });
  });

  it('ends a job that asks for a model that is not there', async () => {
    await withService({}, async () => {
      const job = await world.job('no-model');
      await world.send(job, 2, () => ({ model: 'none' }));
      await expect.poll(async () => (await world.jobs.get(job))!.job.error).toMatchObject({ code: 5, message: 'There is no model none.' }); // prettier-ignore
      const other = await world.job('no-version');
      await world.send(other, 1, () => ({ modelVersion: 'v0' }));
      await expect.poll(async () => (await world.jobs.get(other))!.job.state).toBe(JobState.FAILED);
    });
  });

  it('hands back what it holds when it is drained, and another goes on', async () => {
    const job = await world.job('drained');
    let first = 0;
    const taking = world.take(job, 40);
    await withService({}, async (service) => {
      const sending = world.send(job, 16);
      await expect.poll(() => service.counts.painted, { interval: 1 }).toBeGreaterThan(2);
      await service.drain();
      first = service.counts.painted;
      await sending;
    });
    await withService({}, async (service) => {
      await world.send(job, 24, undefined, 16);
      expect(indexes(await taking)).toEqual(upTo(40));
      await expect.poll(() => service.counts.painted).toBe(40 - first);
    });
    expect(await world.waiting('luma', job)).toBe(0);
  });
});

// Each of these loads the engine several times over, also in other processes.
describe('a model version', { timeout: 180_000 }, () => {
  it('is taken up without a restart, a bad one is not, and the old one stays at hand', async () => {
    await withService({}, async () => {
      const old = await servingOf('tiny');
      const job = await world.job('swap');
      await world.send(job, 2);
      expect((await world.take(job, 2)).map(({ modelVersion }) => modelVersion)).toEqual([old, old]);

      await saveTinyModel(modelFolder(5), { seed: 5, scale: 0 });
      const bad = (await publishModel(world.bus.connection, modelFolder(5), { name: 'tiny' })).model!.version;
      await expect.poll(async () => versionOf((await records.get('tiny'))!, bad)!.refused, { timeout: 60_000 }).toMatch(/one colour/); // prettier-ignore
      expect(await servingOf('tiny')).toBe(old);

      const next = (await publishModel(world.bus.connection, modelFolder(4), { name: 'tiny' })).model!.version;
      await expect.poll(() => servingOf('tiny'), { timeout: 60_000 }).toBe(next);
      await expect.poll(async () => {
        const at = Math.round(performance.now() * 1000);
        await world.send(job, 1, undefined, at);
        return (await world.take(job, 1))[0]!.modelVersion;
      }, { timeout: 60_000 }).toBe(next); // prettier-ignore
      // A shot that began with the old one ends with it.
      await world.send(job, 2, (index) => ({ modelVersion: index === 10 ? old : next }), 10);
      const frames = await world.take(job, 2);
      const of = (index: number) => frames.find(({ frame }) => frame?.index === index)!;
      expect([of(10).u, of(11).u]).toEqual([(await paintedBy(3, 10)).u, (await paintedBy(4, 11)).u]);
      expect(of(10).u).not.toEqual((await paintedBy(4, 10)).u);
    });
  });

  it('is checked by one of several colorizers, and taken up by all', async () => {
    const before = await servingOf('tiny');
    await saveTinyModel(modelFolder(6), { seed: 6 });
    await withService({}, async () => {
      await withService({}, async () => {
        const next = (await publishModel(world.bus.connection, modelFolder(6), { name: 'tiny' })).model!.version;
        await expect.poll(() => servingOf('tiny'), { timeout: 60_000 }).toBe(next);
        expect(next).not.toBe(before);
        const job = await world.job('both');
        // One of them is told by the store, and loads it then.
        let sent = 0;
        await expect.poll(async () => {
          await world.send(job, 12, undefined, sent);
          sent += 12;
          return new Set((await world.take(job, 12)).map(({ modelVersion }) => modelVersion));
        }).toEqual(new Set([next])); // prettier-ignore
      });
    });
  });

  it('that does not work keeps a service from starting, which says why', async () => {
    await saveTinyModel(modelFolder(7), { seed: 7, scale: 0 });
    await publishModel(world.bus.connection, modelFolder(7), { name: 'only' });
    await expect(withService({ KINEMACOLOR_MODEL: 'only' }, () => Promise.resolve())).rejects.toThrow(/No version of model only works: it paints one colour/); // prettier-ignore
    await expect(withService({ KINEMACOLOR_MODEL: 'nowhere' }, () => Promise.resolve())).rejects.toThrow(/There is no model nowhere/); // prettier-ignore
    await writeFile(path.join(modelFolder(7), 'weights.bin'), 'x');
    await expect(withService({ KINEMACOLOR_MODEL: path.join(folder, 'absent') }, () => Promise.resolve())).rejects.toThrow(/neither a folder/); // prettier-ignore
  });
});
