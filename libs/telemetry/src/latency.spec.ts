import { describe, expect, it } from 'vitest';
import { bottleneckOf, type Bottleneck } from './bottleneck.js';
import { bordersOf } from './frame-clock.js';
import { LatencyRecorder } from './latency.js';
import { latencyTable } from './latency-table.js';

/** Frames that take 1 to 1000 ms at the generator, and always 20 ms to be decoded. */
function recorded(): LatencyRecorder {
  const recorder = new LatencyRecorder();
  for (let ms = 1; ms <= 1000; ms++)
    recorder.add(bordersOf(5e9, { decode: 5e9 + 20_000, infer: 5e9 + 20_000 + ms * 1000 }));
  return recorder;
}

describe('LatencyRecorder', () => {
  it('tells percentiles to one part in a hundred, and means exactly', () => {
    const { frames, stages, whole } = recorded().summary();
    expect(frames).toBe(1000);
    expect(stages.map(({ stage }) => stage)).toEqual(['decode', 'infer']);
    const infer = stages[1]!;
    expect(infer.mean).toBeCloseTo(0.5005, 9);
    for (const [told, truth] of [
      [infer.p50, 0.5],
      [infer.p95, 0.95],
      [infer.p99, 0.99],
    ] as const) {
      // prettier-ignore
      expect(Math.abs(told / truth - 1)).toBeLessThan(0.01);
    }
    expect(whole.mean).toBeCloseTo(stages[0]!.mean + infer.mean, 9);
  });

  it('says nothing of no frames', () => {
    const summary = new LatencyRecorder().summary();
    expect(summary).toMatchObject({ frames: 0, stages: [], whole: { mean: 0, p99: 0 } });
    expect(bottleneckOf(summary)).toBeUndefined();
    expect(latencyTable(summary)).toBe('No frame has been through all stages yet.\n');
  });
});

describe('latencyTable', () => {
  it('has a line for each stage, the whole, and what everything waits for', () => {
    const table = latencyTable(recorded().summary());
    expect(table).toMatch(/^decode +20\.0 +\d+\.\d +\d+\.\d +\d+\.\d +3\.8 %$/m);
    expect(table).toMatch(/^infer +500\.5( +\d+\.\d){3} +96\.2 %$/m);
    expect(table).toMatch(/^whole +520\.5/m);
    expect(table).toContain('1000 frames; the stages come to 100.0 % of the whole.');
    expect(table).toContain('Bottleneck: the colorizer; a frame is 500.5 ms there, 96 % of its time.');
    expect(latencyTable(recorded().summary(), 1000)).toBe(table);
  });

  it('says when it is not about all frames', () => {
    const table = latencyTable(recorded().summary(), 1240);
    expect(table).toContain('1000 of 1240 frames; the stages');
    expect(table).toContain('before the encoder of the job was started again');
  });
});

describe('bottleneckOf', () => {
  const of = (ends: Parameters<typeof bordersOf>[1]): string | undefined => {
    const recorder = new LatencyRecorder();
    recorder.add(bordersOf(1, ends));
    return bottleneckOf(recorder.summary())?.part;
  };

  it('is the part that frames gather before, however long the encoder looks ahead', () => {
    expect(of({ decode: 40_000, infer: 60_000, merge: 61_000, encode: 500_000 })).toBe('decoder');
    expect(of({ decode: 1000, queue: 900_000, infer: 950_000, merge: 960_000, encode: 2_900_000 })).toBe('colorizer');
    expect(of({ decode: 1000, infer: 50_000, deliver: 800_000, merge: 900_000, encode: 950_000 })).toBe('encoder');
  });

  /** A film whose frames take so many milliseconds in each part; `encode` is until the last one has gone in and come out. */
  const film = (frames: number, ms: { decode: number; infer: number; encode: number }): Bottleneck | undefined => {
    const recorder = new LatencyRecorder();
    const last = frames * Math.max(ms.decode, ms.infer, ms.encode);
    for (let i = 0; i < frames; i++) {
      const began = 1e9 + i * 1000 * Math.max(ms.decode, ms.infer);
      const coloured = began + 1000 * (ms.decode + ms.infer);
      recorder.add(bordersOf(began, { decode: began + 1000 * ms.decode, infer: coloured, encode: coloured + last * 1000 })); // prettier-ignore
    }
    return bottleneckOf(recorder.summary());
  };

  it('is the encoder where a film is too short for frames to gather before it', () => {
    const found = film(72, { decode: 3, infer: 160, encode: 330 });
    expect(found?.part).toBe('encoder');
    expect(found?.share).toBeGreaterThan(0.9);
  });

  it('is a slow decoder all the same, though its frames are long in an encoder that looks ahead', () => {
    expect(film(72, { decode: 40, infer: 5, encode: 1 })?.part).toBe('decoder');
  });

  it('is none where no part stands out', () => {
    expect(of({ decode: 40_000, window: 960_000, infer: 970_000, merge: 980_000, encode: 1_000_000 })).toBeUndefined();
  });
});
