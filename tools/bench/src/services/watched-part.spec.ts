import { cp } from 'node:fs/promises';
import path from 'node:path';
import { makeClip, runFfmpeg, scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytesOfFirstPicture } from './first-picture.js';
import { requireSamePictures } from './same-pictures.js';
import { throughput } from './scaling-part.js';
import { openWorld, type ServiceWorld } from './service-world.js';
import { watchJob } from './watched-part.js';

const folder = scratchDir();
const FRAMES = 40;
let film: string;
beforeAll(async () => {
  film = await makeClip({ folder, name: 'film.mkv', width: 160, height: 120, frames: FRAMES });
});

describe.runIf(process.platform === 'linux')('a job through the services', () => {
  let world: ServiceWorld;
  beforeAll(async () => {
    world = await openWorld({ painter: { standInMs: 5 } });
  }, 60_000);
  afterAll(() => world.close(), 60_000);

  test('is watched: its frames, wire, first picture and memory', async () => {
    const watched = await watchJob(world, film);
    expect(watched.frames).toBe(FRAMES);
    // Grey twice, as its luma goes on with the colours, and two planes of chroma; and what messages are wrapped in.
    expect(watched.wireRatio).toBeGreaterThan(4 / 3);
    expect(watched.wireRatio).toBeLessThan(1.5);
    expect(watched.firstFrames).toBeGreaterThan(0);
    expect(watched.firstFrames).toBeLessThanOrEqual(FRAMES);
    expect(Object.keys(watched.memory).sort()).toEqual(['all', 'colorizer-1', 'decoder-1', 'encoder-1', 'gateway', 'nats']); // prettier-ignore
    expect(Math.min(...Object.values(watched.memory))).toBeGreaterThan(2 ** 20);
  }, 60_000);

  test('is timed: its frames a second are told', async () => {
    const fps = await throughput(world, { film, renderSize: 64 });
    expect(fps).toBeGreaterThan(0);
    expect(fps).toBeLessThan(Number.POSITIVE_INFINITY);
  }, 60_000);
});

test('the first picture of a film is in its first bytes, and a grey one is none', async () => {
  const bytes = await bytesOfFirstPicture(film);
  expect(bytes).toBeGreaterThan(100);
  const grey = path.join(folder, 'grey.mkv');
  await runFfmpeg('-i', film, '-vf', 'format=gray,format=yuv420p', '-c:v', 'libx264', '-crf', '0', grey);
  await expect(bytesOfFirstPicture(grey)).rejects.toMatchObject({ code: 'DISAGREE' });
});

test('pictures are the same in another container, and not when one is missing or changed', async () => {
  const [copy, same, short, other] = ['copy.mkv', 'same.mp4', 'short.mkv', 'other.mkv'].map((name) => path.join(folder, name)); // prettier-ignore
  await cp(film, copy!);
  await runFfmpeg('-i', film, '-c', 'copy', same!);
  await runFfmpeg('-i', film, '-c', 'copy', '-frames:v', String(FRAMES - 1), short!);
  await runFfmpeg('-i', film, '-vf', 'hue=h=20', '-c:v', 'libx264', other!);
  expect(await requireSamePictures(film, copy!)).toBe(FRAMES);
  expect(await requireSamePictures(film, same!)).toBe(FRAMES);
  await expect(requireSamePictures(film, short!)).rejects.toMatchObject({ code: 'DISAGREE' });
  await expect(requireSamePictures(film, other!)).rejects.toMatchObject({ code: 'DISAGREE' });
});
