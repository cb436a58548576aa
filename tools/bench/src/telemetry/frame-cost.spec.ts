import { findCollector } from '@kinemacolor/telemetry/testing';
import { expect, test } from 'vitest';
import { frameCost } from './frame-cost.js';

test.runIf(findCollector() !== undefined)(
  'the telemetry of frames alone has all spans of each at the collector, and takes CPU time (skipped without a collector)',
  async () => {
    const all = await frameCost({ share: 1, frames: 240 });
    const { frames, spans, dropped } = all.received;
    expect({ frames, dropped }).toEqual({ frames: 240 + all.warmUpFrames, dropped: 0 });
    // A frame's own, its ten stages, and a quarter of a batch.
    expect(spans / frames).toBeCloseTo(11.25, 1);
    expect(all.costMs).toBeGreaterThan(0);
    const few = await frameCost({ share: 0.01, frames: 240 });
    expect(few.received).toMatchObject({ frames: 3, dropped: 0 });
  },
);
