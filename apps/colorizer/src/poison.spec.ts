import { scratchDir } from '@kinemacolor/testing';
import { DeadFrame, JobState, PoisonPolicy } from '@kinemacolor/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Studio } from './painter.js';
import { startColorizerService } from './service.js';
import { ColourWorld, indexes, LEASE_SECONDS, lumaOf, upTo } from './testing/colour-world.js';
import { startProcess, type ColorizerProcess } from './testing/process.js';
import { standInStudio } from './testing/stand-in-studio.js';

const folder = scratchDir();
let world: ColourWorld;
beforeAll(async () => {
  world = await ColourWorld.open(folder);
});
afterAll(() => world.close());

const MARK = 250;
const marked = (bad: number) => (index: number) => ({ luma: index === bad ? lumaOf(index).fill(MARK) : lumaOf(index) });
const start = (ms: number): Promise<ColorizerProcess> =>
  startProcess('testing/stand-in-main.js', ['--stand-in-ms', String(ms), '--stand-in-poison', String(MARK)], world.environment()); // prettier-ignore

/** Keeps a colorizer running, as a supervisor does, until the work is done. @returns how often one died */
async function supervised(work: () => Promise<void>): Promise<number> {
  let done = false;
  let deaths = 0;
  const finished = work().finally(() => (done = true));
  while (!done) {
    const { child, ended } = await start(5);
    const how = await Promise.race([ended, finished.then(() => undefined)]);
    if (how !== undefined) {
      expect(how).toBe('SIGKILL');
      deaths += 1;
      continue;
    }
    child.kill('SIGTERM');
    expect(await ended).toBe('0');
  }
  await finished;
  return deaths;
}

describe('a frame that kills the colorizer', () => {
  it('stays grey where the job wants that, and no other frame is blamed', async () => {
    const job = await world.job('grey', { poison: PoisonPolicy.GREY });
    const deaths = await supervised(async () => {
      await world.send(job, 12, marked(5));
      const frames = await world.take(job, 12, undefined, 50_000);
      expect(indexes(frames)).toEqual(upTo(12));
      expect(frames.filter(({ u }) => u.length === 0).map(({ frame }) => frame!.index)).toEqual([5]);
      await expect.poll(() => world.waiting('luma', job)).toBe(0);
    });
    // Three times alone, and once in company, unless somebody who died just then had been given it.
    expect([3, 4]).toContain(deaths);
    const dead = DeadFrame.decode(await world.last('dead', job));
    expect([await world.waiting('dead', job), dead.frame!.index, dead.tries]).toEqual([1, 5, 3]);
  });

  it('ends its job with an error that names it, and no other job', async () => {
    const [bad, good] = [await world.job('fails'), await world.job('goes-on')];
    await supervised(async () => {
      const taking = world.take(good, 30, undefined, 50_000);
      await Promise.all([world.send(bad, 6, marked(2)), world.send(good, 30)]);
      expect(indexes(await taking)).toEqual(upTo(30));
      await expect.poll(async () => (await world.jobs.get(bad))!.job.state, { timeout: 30_000 }).toBe(JobState.FAILED);
    });
    const { error } = (await world.jobs.get(bad))!.job;
    expect(error).toMatchObject({ code: 13, frame: 2, message: expect.stringMatching(/Frame 2 .* 3 tries/) as string });
    expect((await world.jobs.get(good))!.job.state).toBe(JobState.RUNNING);
  });
});

describe('a frame that cannot be painted', () => {
  it('is given up after some tries alone, and what was in its batch is painted', async () => {
    const studio: Studio = await standInStudio(`${folder}/throws`, { frameMs: 2, poison: undefined });
    const open = async (name: string) => {
      const painter = await studio.open(name);
      const paint: typeof painter.paint = (luma, size) =>
        luma.includes(MARK) ? Promise.reject(new Error('its pixels are wrong')) : painter.paint(luma, size);
      return { ...painter, paint };
    };
    const config = world.config({ KINEMACOLOR_MAX_BATCH: '4', KINEMACOLOR_MAX_DELAY_MS: '100' });
    const service = await startColorizerService(config, world.log, { ...studio, open });
    const job = await world.job('throws', { poison: PoisonPolicy.GREY });
    await world.send(job, 8, marked(1));
    const frames = await world.take(job, 8);
    await service.drain();
    expect(frames.filter(({ u }) => u.length === 0).map(({ frame }) => frame!.index)).toEqual([1]);
    expect(DeadFrame.decode(await world.last('dead', job))).toMatchObject({ tries: 3, reason: 'its pixels are wrong' });
    expect(service.counts).toMatchObject({ painted: 7, grey: 1, poison: 1 });
  });
});

describe('a colorizer that is killed', () => {
  it('loses nothing, and nothing comes twice', async () => {
    const job = await world.job('killed');
    const coming = world.take(job, 60, undefined, 50_000);
    const first = await start(20);
    const sending = world.send(job, 60);
    await new Promise((resolve) => setTimeout(resolve, 300));
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    const second = await start(1);
    const frames = await coming;
    await sending;
    expect(indexes(frames)).toEqual(upTo(60));
    await expect.poll(() => world.waiting('luma', job)).toBe(0);
    // Some time for a second one of the same frame to come.
    await new Promise((resolve) => setTimeout(resolve, 2000 * LEASE_SECONDS));
    expect(await world.waiting('chroma', job)).toBe(0);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe('0');
  });
});
