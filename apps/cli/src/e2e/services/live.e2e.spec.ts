import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '@kinemacolor/client';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { fingerprint } from './film-fingerprint.js';
import { LiveDelay } from './live-delay.js';
import { liveSource } from './live-source.js';
import { openServiceWorld, type ServiceWorld } from './service-world.js';

const RATE = 25;
const FRAMES = 200;
const MAX_DELAY_MS = 800;
/**
 * A picture may wait for its colours for the delay that was asked for, and for the rest of its segment: some 1.2 s. On a busy
 * machine all that takes its time; but who waited for the colorizers would be 12 s late in the end.
 */
const MOST_DELAY_MS = 5_000;
const folder = scratchDir();

let world: ServiceWorld;
afterAll(() => world.close(), 60_000);

interface Shown {
  readonly job: Job;
  readonly film: string;
  /** Of each picture, milliseconds. */
  readonly delays: readonly number[];
}

async function show(name: string): Promise<Shown> {
  const options = { model: 'stand-in', codec: 'h264', preset: 'ultrafast', container: 'mpegts' } as const;
  const parts: Uint8Array[] = [];
  let job: Job | undefined;
  const source = await liveSource(FRAMES, RATE);
  const delay = new LiveDelay(performance.now());
  for await (const part of world.client.colorize(source, { ...options, live: { maxDelayMs: MAX_DELAY_MS } })) {
    if (part.kind === 'result') {
      parts.push(part.bytes);
      delay.add(part.bytes);
    }
    if (part.kind === 'finished') ({ job } = part);
  }
  const film = path.join(folder, `${name}.ts`);
  await writeFile(film, Buffer.concat(parts));
  return { job: job!, film, delays: delay.all };
}

describe('a live stream', () => {
  beforeAll(async () => {
    // A generator that is far too slow: 10 frames a second.
    world = await openServiceWorld({ folder: path.join(folder, 'data'), frameMs: 100 });
  }, 120_000);

  it('goes on in time with slow colorizers: late frames keep the colours before them, and are counted', async () => {
    const { job, film, delays } = await show('slow');
    const { framesHeld, framesEncoded, framesColoured } = job.progress;
    expect(framesEncoded).toBe(FRAMES);
    expect(framesColoured).toBe(FRAMES);
    expect(framesHeld).toBeGreaterThan(FRAMES / 4);
    expect(framesHeld).toBeLessThan(FRAMES);
    const { pictures } = await fingerprint(film);
    expect(pictures).toHaveLength(FRAMES);
    expect(delays).toHaveLength(FRAMES);
    // The first ones also wait for the start of several ffmpegs, which is caught up with.
    expect(Math.max(...delays.slice(FRAMES / 2))).toBeLessThan(MOST_DELAY_MS);
  }, 120_000);
});
