import path from 'node:path';
import { startTestCluster, type TestCluster } from '@kinemacolor/streaming/testing';
import { makeVfrClip, scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Fingerprint } from './film-fingerprint.js';
import { colourJob, openServiceWorld, type ServiceWorld } from './service-world.js';

/*
 * The services on a cluster of three NATS servers, with three copies of everything. One server is killed while a job runs, and
 * nothing is lost: not a frame, and no time that a restart would take.
 */
const FRAMES = 120;
const SEGMENT = 24;

const folder = scratchDir();
let cluster: TestCluster;
let world: ServiceWorld;
let clip: string;
let undisturbed: Fingerprint;

const colour = (name: string, disturb: (job: string) => Promise<void>): Promise<Fingerprint> =>
  colourJob(world, { clip, folder, name }, disturb);

/** The node that leads most streams, but for one that came back: it may lead again. */
async function leader(but?: string): Promise<string> {
  const leads = [...(await cluster.leads())].filter(([name]) => name !== but).toSorted(([, one], [, other]) => other - one); // prettier-ignore
  expect(leads[0]![1]).toBeGreaterThan(0);
  return leads[0]![0];
}

async function killLeader(job: string, but?: string): Promise<string> {
  await world.coloured(job, SEGMENT + 10);
  const victim = await leader(but);
  await cluster.kill(victim);
  return victim;
}

beforeAll(async () => {
  clip = await makeVfrClip({ folder, name: 'cluster.mkv', width: 160, height: 120, frames: FRAMES, audio: 'flac' });
  cluster = await startTestCluster(path.join(folder, 'nats'));
  world = await openServiceWorld({
    folder: path.join(folder, 'data'),
    frameMs: 8,
    nats: cluster.urls,
    counts: { colorizers: 2 },
    env: { KINEMACOLOR_REPLICAS: '3', KINEMACOLOR_SEGMENT_FRAMES: String(SEGMENT), KINEMACOLOR_WINDOW: '24' },
  });
  undisturbed = await colour('undisturbed', () => Promise.resolve());
}, 120_000);
afterAll(async () => {
  await world.close();
  await cluster.stop();
}, 60_000);

describe('on a cluster of three NATS servers', () => {
  let killed: string;

  it('everything has three copies', async () => {
    const copies = await cluster.copies();
    expect(copies.size).toBeGreaterThan(8);
    expect([...copies].filter(([, count]) => count !== 3)).toEqual([]);
  });

  it('kill -9 of the one that leads most streams changes nothing', async () => {
    const film = await colour('killed', async (job) => {
      killed = await killLeader(job);
    });
    expect(film).toEqual(undisturbed);
  }, 60_000);

  it('nor does that of another one, once the first has come back', async () => {
    await cluster.restart(killed);
    const film = await colour('killed-again', async (job) => {
      await killLeader(job, killed);
    });
    expect(film).toEqual(undisturbed);
  }, 90_000);

  it('no service has ended meanwhile', () => {
    expect(world.told).toEqual([]);
  });
});
