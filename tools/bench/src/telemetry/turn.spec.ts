import { makeClip, scratchDir } from '@kinemacolor/testing';
import { findCollector } from '@kinemacolor/telemetry/testing';
import { describe, expect, test } from 'vitest';
import { SIDES } from './telemetry-sides.js';
import { takeTurn, type TurnFilms } from './turn.js';

const [FRAMES, WARM_UP] = [40, 12];
const [off, , all, away] = SIDES;

async function films(): Promise<TurnFilms> {
  const folder = scratchDir();
  const clip = (name: string, frames: number): Promise<string> => makeClip({ folder, name, width: 160, height: 120, frames }); // prettier-ignore
  return { painter: { standInMs: 5 }, film: await clip('film.mkv', FRAMES), warmUp: await clip('warm.mkv', WARM_UP) };
}

describe.runIf(process.platform === 'linux')('a turn', () => {
  test('without telemetry, and with a collector that is away, has its frames, time and CPU seconds', async () => {
    const clips = await films();
    for (const side of [off!, away!]) {
      const turn = await takeTurn(side, clips);
      expect(turn).toMatchObject({ frames: FRAMES, warmUpFrames: WARM_UP });
      expect(turn.told).toBeUndefined();
      expect(Math.min(turn.seconds, turn.cpuSeconds)).toBeGreaterThan(0.05);
      expect(turn.endCpuSeconds).toBeGreaterThanOrEqual(0);
      expect(turn.endCpuSeconds).toBeLessThan(turn.cpuSeconds);
    }
  }, 240_000);

  test.runIf(findCollector() !== undefined)(
    'with all frames traced has a span of every frame, and none dropped (skipped without a collector)',
    async () => {
      const { told } = await takeTurn(all!, await films());
      expect(told!.received).toMatchObject({ frames: FRAMES + WARM_UP, dropped: 0 });
      // A frame's own span and most of its ten stages.
      expect(told!.received.spans).toBeGreaterThan(6 * (FRAMES + WARM_UP));
      expect(told!.collectorCpuSeconds).toBeGreaterThanOrEqual(0);
    },
    240_000,
  );
});
