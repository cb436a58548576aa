import type { ResultRow } from '../result.js';
import { median, ratio } from '../statistics.js';
import type { TelemetrySide } from './telemetry-sides.js';
import type { Turn } from './turn.js';

/** One turn of every side, by its name. */
export type TelemetryRound = Readonly<Record<string, Turn>>;

type Measure = (turn: Turn) => number;

export const cpuMs: Measure = ({ cpuSeconds, frames }) => (1000 * cpuSeconds) / frames;
const cpuMsToLastByte: Measure = ({ cpuSeconds, endCpuSeconds, frames }) =>
  (1000 * (cpuSeconds - endCpuSeconds)) / frames;
const fps: Measure = ({ frames, seconds }) => frames / seconds;
const allFrames: Measure = ({ frames, warmUpFrames }) => frames + warmUpFrames;
const withCollector: Measure = (turn) =>
  cpuMs(turn) + (1000 * (turn.told?.collectorCpuSeconds ?? NaN)) / allFrames(turn);

/**
 * Ratios are throughput with telemetry ÷ without, the median of the rounds' own: each turn against the `off` of the same round. The
 * targets are held against CPU time, which says how many frames a machine gets done that has nothing else to do, and is steadier than
 * the wall time beside it.
 * @param sides the first one is off
 */
export function telemetryRows(sides: readonly TelemetrySide[], rounds: readonly TelemetryRound[]): ResultRow[] {
  const [off, ...others] = sides;
  const base = rounds.map((round) => round[off!.name]!);
  return [
    ...others.flatMap((side) => sideRows(side, base, rounds.map((round) => round[side.name]!))), // prettier-ignore
    ...noiseRow(base),
  ];
}

function sideRows({ name, share, to, least }: TelemetrySide, off: readonly Turn[], on: readonly Turn[]): ResultRow[] {
  const target = least === undefined ? {} : { target: { least } };
  const speed = on.map((turn, round) => ratio(fps(turn), fps(off[round]!)));
  const cost = (what: string, ofOff: Measure, ofOn = ofOff): ResultRow => {
    const ratios = on.map((turn, round) => ratio(ofOff(off[round]!), ofOn(turn)));
    return compared(`${name}: CPU ms a frame${what}`, off.map(ofOff), on.map(ofOn), ratios);
  };
  return [
    { ...cost(' (has the target)', cpuMs), ...target },
    cost(', to the last byte', cpuMsToLastByte),
    compared(`${name}: frames a second, wall`, off.map(fps), on.map(fps), speed),
    ...(to === 'collector'
      ? [cost(", the collector's too", cpuMs, withCollector), ...toldRows(name, share === 1, on)]
      : []),
  ];
}

function compared(name: string, off: number[], on: number[], ratios: number[]): ResultRow {
  const numbers = { off: median(off), on: median(on), 'lowest ratio': Math.min(...ratios), 'highest ratio': Math.max(...ratios) }; // prettier-ignore
  return { name, numbers, rounds: { off, on, ratio: ratios }, ratio: median(ratios) };
}

function toldRows(name: string, isEvery: boolean, turns: readonly Turn[]): ResultRow[] {
  const spans = turns.map((turn) => ratio(turn.told?.received.spans ?? NaN, allFrames(turn)));
  const dropped = turns.map(({ told }) => told?.received.dropped ?? NaN);
  const without = turns.map((turn) => allFrames(turn) - (turn.told?.received.frames ?? NaN));
  // Not one in any round.
  const none = (what: string, counts: number[]): ResultRow => ({
    name: `${name}: ${what}`,
    numbers: { on: Math.max(...counts) },
    rounds: { on: counts },
    ratio: Math.max(...counts),
    target: { most: 0 },
  });
  return [
    { name: `${name}: spans a frame at the collector`, numbers: { on: median(spans) }, rounds: { on: spans } },
    none('spans dropped', dropped),
    ...(isEvery ? [none('frames without a span', without)] : []),
  ];
}

/** How much the same thing differs from round to round: a cost below that was not seen. */
function noiseRow(off: readonly Turn[]): ResultRow[] {
  const ratios = off.slice(1).map((turn, before) => ratio(cpuMs(off[before]!), cpuMs(turn)));
  if (ratios.length === 0) return [];
  const numbers = { 'lowest ratio': Math.min(...ratios), 'highest ratio': Math.max(...ratios) };
  return [{ name: 'off ÷ off of the round before: CPU', numbers, rounds: { ratio: ratios }, ratio: median(ratios) }];
}
