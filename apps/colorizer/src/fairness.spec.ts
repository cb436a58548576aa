import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startColorizerService, type ColorizerService } from './service.js';
import { ColourWorld } from './testing/colour-world.js';
import { standInStudio } from './testing/stand-in-studio.js';

const folder = scratchDir();
let world: ColourWorld;
let service: ColorizerService;
beforeAll(async () => {
  world = await ColourWorld.open(folder);
  service = await startColorizerService(
    world.config({ KINEMACOLOR_COLORIZER_AHEAD: '8' }),
    world.log,
    await standInStudio(`${folder}/stand-in`, { frameMs: 10, poison: undefined }),
  );
});
afterAll(async () => {
  await service.drain();
  await world.close();
});

describe('two jobs', () => {
  it('share the colorizer: the short one ends long before the long one', async () => {
    const [long, short] = [await world.job('long'), await world.job('short')];
    const order: string[] = [];
    const seen = ({ frame }: { frame?: { jobId: string } | undefined }): unknown => order.push(frame!.jobId);
    const taking = [world.take(long, 240, seen), world.take(short, 12, seen)];
    const sendingLong = world.send(long, 240);
    await expect.poll(() => order.length, { interval: 1 }).toBeGreaterThan(5);
    await world.send(short, 12);
    // From here on it is the colorizer's turn, however slow the sending was.
    const before = order.length;
    await Promise.all([sendingLong, ...taking]);
    const end = order.lastIndexOf(short);
    // Some frames of the long one are in front of it in the queue; then they take turns.
    expect(end - before).toBeLessThan(16 + 8 + 2 * 12);
    expect(order.length - end).toBeGreaterThan(50);
  });

  it('do not wait for each other when nobody takes the colours of one', async () => {
    const [stuck, free] = [await world.job('stuck'), await world.job('free')];
    // More than its window of chroma holds, and more than the colorizer may hold.
    const sending = world.send(stuck, 16 + 8 + 4);
    await expect.poll(() => world.waiting('chroma', stuck)).toBe(16);
    await Promise.all([world.send(free, 20), world.take(free, 20)]);
    expect(await world.waiting('chroma', stuck)).toBe(16);
    // And nothing of it was lost.
    const taken = await world.take(stuck, 28);
    await sending;
    expect(new Set(taken.map(({ frame }) => frame!.index)).size).toBe(28);
  });
});
