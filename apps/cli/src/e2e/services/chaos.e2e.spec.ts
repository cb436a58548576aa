import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { makeVfrClip, scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { fingerprint, type Fingerprint } from './film-fingerprint.js';
import { colourJob, openServiceWorld, type ServiceWorld } from './service-world.js';

/*
 * Each service, and the NATS server, is killed while a job runs, and the job must end by itself with exactly the film of an
 * undisturbed run. `npm run test:chaos` does so many times, at times and with victims of a random run whose seed it prints.
 */
const FRAMES = 400;
const SEGMENT = 48;
const ROUNDS = Number(process.env['KINEMACOLOR_CHAOS_ROUNDS'] ?? 1);
const SEED = Number(process.env['KINEMACOLOR_CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const KINDS = ['gateway', 'decoder-1', 'colorizer-1', 'colorizer-2', 'encoder-1', 'nats'];

const folder = scratchDir();
let world: ServiceWorld;
let clip: string;
let undisturbed: Fingerprint;

const colour = (name: string, disturb: (job: string) => Promise<void>): Promise<Fingerprint> =>
  colourJob(world, { clip, folder, name }, disturb);

beforeAll(async () => {
  clip = await makeVfrClip({ folder, name: 'chaos.mkv', width: 160, height: 120, frames: FRAMES, audio: 'flac' });
  world = await openServiceWorld({
    folder: path.join(folder, 'data'),
    frameMs: 12,
    counts: { colorizers: 2 },
    env: { KINEMACOLOR_SEGMENT_FRAMES: String(SEGMENT), KINEMACOLOR_WINDOW: '24' },
  });
  undisturbed = await colour('undisturbed', () => Promise.resolve());
}, 120_000);
afterAll(() => world.close(), 60_000);

describe('chaos', () => {
  it('has something to lose: the undisturbed film is whole', async () => {
    expect(undisturbed.pictures).toHaveLength(FRAMES);
    expect(new Set(undisturbed.pictures.map((line) => line.split(' ')[0])).size).toBe(FRAMES);
    const source = await fingerprint(clip);
    expect(undisturbed.sound).toBe(source.sound);
    expect(undisturbed.pictures.map((line) => line.split(' ')[0])).toEqual(source.pictures.map((line) => line.split(' ')[0])); // prettier-ignore
  });

  it.each([
    ['gateway', ['gateway']],
    ['decoder', ['decoder-1']],
    ['colorizers', ['colorizer-1', 'colorizer-2']],
    ['encoder', ['encoder-1']],
    ['NATS, with the frames that it keeps in memory', ['nats']],
    ['everything at the same moment', KINDS],
  ])(
    'kill -9 of %s in mid-job changes nothing',
    async (name, victims) => {
      world.told.length = 0;
      const film = await colour(name.slice(0, 8), async (job) => {
        const { state } = await world.coloured(job, 2 * SEGMENT + 10);
        const killed = victims.filter((victim) => world.kill(victim));
        // Else nothing was disturbed, and the film would prove nothing.
        expect([state, ...killed]).toEqual(['running', ...victims]);
      });
      for (const victim of victims) {
        const words = `${victim === 'nats' ? 'NATS' : victim} ended and is started again`;
        await expect.poll(() => world.told).toContainEqual(expect.stringContaining(words));
      }
      expect(film).toEqual(undisturbed);
    },
    120_000,
  );

  it.each(['decoder-1', 'encoder-1'])(
    'kill -9 of each ffmpeg of %s in mid-job, as when memory runs out, changes nothing',
    async (name) => {
      const film = await colour(`ffmpeg-${name}`, async (job) => {
        const { state } = await world.coloured(job, 2 * SEGMENT + 10);
        const pids = ffmpegsOf(world.services.processes.get(name)!.pid!);
        expect([state, pids.length > 0]).toEqual(['running', true]);
        for (const pid of pids) process.kill(pid, 'SIGKILL');
      });
      expect(film).toEqual(undisturbed);
    },
    120_000,
  );

  it(
    `random kills change nothing (seed ${SEED})`,
    async () => {
      const random = mulberry(SEED);
      for (let round = 0; round < ROUNDS; round++) {
        world.told.length = 0;
        let killed = 0;
        const film = await colour(`round-${round}`, async (job) => {
          for (let kills = 0; kills < 3; kills++) {
            // The first one early: how far a job is comes late, and it may have ended by then.
            const at = await world.coloured(job, Math.floor(random() * FRAMES * (kills === 0 ? 0.4 : 0.9)));
            if (at.state !== 'running') return;
            if (world.kill(KINDS[Math.floor(random() * KINDS.length)]!)) killed += 1;
          }
        });
        // The first one at least: the job had just begun.
        expect(killed, `round ${round} of seed ${SEED}`).toBeGreaterThan(0);
        await expect.poll(() => world.told.length).toBeGreaterThan(0);
        expect(film, `round ${round} of seed ${SEED}`).toEqual(undisturbed);
      }
    },
    120_000 * ROUNDS,
  );
});

/** The ffmpegs that a process has started. */
function ffmpegsOf(pid: number): number[] {
  const lines = execFileSync('ps', ['--no-headers', '-o', 'pid,comm', '--ppid', String(pid)]).toString();
  return [...lines.matchAll(/^ *(\d+) ffmpeg$/gm)].map(([, found]) => Number(found));
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
