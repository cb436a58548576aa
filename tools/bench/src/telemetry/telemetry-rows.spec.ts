import { expect, test } from 'vitest';
import { reached } from '../result.js';
import { telemetryRows, type TelemetryRound } from './telemetry-rows.js';
import { SIDES } from './telemetry-sides.js';
import type { Turn } from './turn.js';

const turn = (cpuSeconds: number, seconds: number, told?: Turn['told']): Turn => ({
  warmUpFrames: 100,
  frames: 300,
  seconds,
  cpuSeconds,
  endCpuSeconds: 3,
  ...(told === undefined ? {} : { told }),
});
const told = (frames: number, dropped = 0): Turn['told'] => ({
  received: { spans: 5200, frames, dropped },
  collectorCpuSeconds: 4,
});
const round = (off: number, on: number, more: Partial<TelemetryRound> = {}): TelemetryRound => ({
  off: turn(off, 10),
  '1 % of frames': turn(off, 10, told(4)),
  'all frames': turn(on, 12.5, told(400)),
  'all frames, collector away': turn(off, 10),
  ...more,
});
const rowsOf = (...rounds: TelemetryRound[]) => new Map(telemetryRows(SIDES, rounds).map((row) => [row.name, row]));

test('each turn is held against the off of its own round', () => {
  // The medians of both columns alone would give 30 ÷ 30.
  const rows = rowsOf(round(30, 40), round(24, 30), round(60, 24));
  const cpu = rows.get('all frames: CPU ms a frame (has the target)')!;
  expect(cpu).toMatchObject({ ratio: 0.8, target: { least: 0.97 } });
  expect(cpu.numbers).toEqual({ off: 100, on: 100, 'lowest ratio': 0.75, 'highest ratio': 2.5 });
  expect(reached(cpu)).toBe(false);
  const wall = rows.get('all frames: frames a second, wall')!;
  expect(wall).toMatchObject({ ratio: 0.8, numbers: { off: 30, on: 24 } });
  expect(wall.target).toBeUndefined();
});

test('the targets stand at the CPU rows, and what the collector takes is shown beside them', () => {
  const rows = rowsOf(round(30, 30));
  expect(rows.get('1 % of frames: CPU ms a frame (has the target)')!.target).toEqual({ least: 0.995 });
  expect(rows.get('all frames, collector away: CPU ms a frame (has the target)')!.target).toEqual({ least: 0.995 });
  const early = rows.get('1 % of frames: CPU ms a frame, to the last byte')!;
  expect(early.numbers).toMatchObject({ off: 90, on: 90 });
  expect(early.target).toBeUndefined();
  const both = rows.get("all frames: CPU ms a frame, the collector's too")!;
  expect(both.numbers).toMatchObject({ off: 100, on: 110 });
  expect(both.target).toBeUndefined();
});

test('spans are counted by frame, and one that is missing in one round is a miss', () => {
  const rows = rowsOf(round(30, 30), round(30, 30, { 'all frames': turn(30, 10, told(399, 2)) }), round(30, 30));
  expect(rows.get('all frames: spans a frame at the collector')!.numbers).toEqual({ on: 13 });
  expect(rows.get('all frames: spans dropped')).toMatchObject({ ratio: 2, target: { most: 0 }, rounds: { on: [0, 2, 0] } }); // prettier-ignore
  expect(rows.get('all frames: frames without a span')).toMatchObject({ ratio: 1, target: { most: 0 } });
  expect(rows.has('1 % of frames: frames without a span')).toBe(false);
  expect(reached(rows.get('1 % of frames: spans dropped')!)).toBe(true);
});

test('the noise is that of off, where there is more than one round', () => {
  expect(rowsOf(round(30, 30)).has('off ÷ off of the round before: CPU')).toBe(false);
  const noise = rowsOf(round(30, 30), round(24, 24), round(30, 30)).get('off ÷ off of the round before: CPU')!;
  expect(noise.numbers).toEqual({ 'lowest ratio': 0.8, 'highest ratio': 1.25 });
});
