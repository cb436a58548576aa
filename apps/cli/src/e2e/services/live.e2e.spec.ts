import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '@kinemacolor/client';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { fingerprint } from './film-fingerprint.js';
import { liveSource } from './live-source.js';
import { openServiceWorld, type ServiceWorld } from './service-world.js';

const RATE = 25;
const FRAMES = 200;
const MAX_DELAY_MS = 800;
const folder = scratchDir();

let world: ServiceWorld;
afterAll(() => world.close(), 60_000);

interface Shown {
  readonly job: Job;
  readonly film: string;
}

async function show(name: string): Promise<Shown> {
  const options = { model: 'stand-in', codec: 'h264', preset: 'ultrafast', container: 'mpegts' } as const;
  const parts: Uint8Array[] = [];
  let job: Job | undefined;
  for await (const part of world.client.colorize(await liveSource(FRAMES, RATE), {
    ...options,
    live: { maxDelayMs: MAX_DELAY_MS },
  })) {
    if (part.kind === 'result') parts.push(part.bytes);
    if (part.kind === 'finished') ({ job } = part);
  }
  const film = path.join(folder, `${name}.ts`);
  await writeFile(film, Buffer.concat(parts));
  return { job: job!, film };
}

describe('a live stream', () => {
  beforeAll(async () => {
    // A generator that is far too slow: 10 frames a second.
    world = await openServiceWorld({ folder: path.join(folder, 'data'), frameMs: 100 });
  }, 120_000);

  it('goes on in time with slow colorizers: late frames keep the colours before them, and are counted', async () => {
    const { job, film } = await show('slow');
    const { framesHeld, framesEncoded, framesColoured } = job.progress;
    expect(framesEncoded).toBe(FRAMES);
    expect(framesColoured).toBe(FRAMES);
    expect(framesHeld).toBeGreaterThan(FRAMES / 4);
    expect(framesHeld).toBeLessThan(FRAMES);
    const { pictures } = await fingerprint(film);
    expect(pictures).toHaveLength(FRAMES);
  }, 120_000);
});
