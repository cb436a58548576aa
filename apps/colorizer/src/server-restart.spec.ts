import path from 'node:path';
import { openModelRecords, publishModel } from '@kinemacolor/jobs';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startColorizerService } from './service.js';
import { ColourWorld, indexes, upTo } from './testing/colour-world.js';
import { standInStudio, STAND_IN } from './testing/stand-in-studio.js';

const folder = scratchDir();
let world: ColourWorld;
beforeAll(async () => {
  world = await ColourWorld.open(folder);
});
afterAll(() => world.close());

describe('a NATS server that is killed and comes back', () => {
  it('finds the colorizer at work, with what the decoder sends again, and new versions taken up', async () => {
    const studio = await standInStudio(path.join(folder, 'stand-in'), { frameMs: 5, poison: undefined });
    const service = await startColorizerService(world.config(), world.log, studio);
    const job = await world.job('before');
    await world.send(job, 16);
    await world.take(job, 4);
    await world.restartServer();
    // The frames in memory are gone with it.
    const again = await world.job('after');
    await world.send(again, 24);
    expect(indexes(await world.take(again, 24))).toEqual(upTo(24));
    const other = await standInStudio(path.join(folder, 'other'), { frameMs: 5, poison: undefined }, 'other weights');
    const { version } = (await publishModel(world.bus.connection, other.models[0]!.folder!, { name: STAND_IN })).model!;
    const records = await openModelRecords(world.bus.connection);
    await expect.poll(async () => (await records.get(STAND_IN))!.serving, { timeout: 20_000 }).toBe(version);
    await service.drain();
  });
});
