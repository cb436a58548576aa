import type { Readable } from 'node:stream';
import { LastLines } from './last-lines.js';

export interface PacketCount {
  /** Packets of output stream 0. */
  readonly frames: number;
  /** Seconds: the latest end of a packet of stream 0; 0 without packets. */
  readonly end: number;
  /** Seconds: the latest end of a packet of any stream. */
  readonly latestEnd: number;
}

/**
 * Counts what ffmpeg's `framecrc` lists, a line a packet (`stream, dts, pts, duration, size, checksum`), without keeping
 * it. Some versions count copied packets in no other way.
 */
export async function countPackets(list: Readable): Promise<PacketCount> {
  let frames = 0;
  /** Seconds of one tick, and the latest end in seconds, by stream. */
  const ticks: number[] = [];
  const ends: number[] = [];
  const lines = new LastLines(1);
  lines.onLine((line) => {
    const base = /^#tb (\d+): (\d+)\/(\d+)/.exec(line);
    if (base !== null) ticks[Number(base[1])] = Number(base[2]) / Number(base[3]);
    const packet = /^(\d+),\s*-?\d+,\s*(-?\d+),\s*(-?\d+),/.exec(line);
    if (packet === null) return;
    const stream = Number(packet[1]);
    if (stream === 0) frames += 1;
    const end = (Number(packet[2]) + Number(packet[3])) * (ticks[stream] ?? 0);
    ends[stream] = Math.max(ends[stream] ?? 0, end);
  });
  list.setEncoding('utf8');
  list.on('data', (text: string) => {
    lines.push(text);
  });
  await new Promise<void>((resolve) => list.once('close', resolve));
  lines.end();
  return { frames, end: ends[0] ?? 0, latestEnd: ends.reduce((most, end) => Math.max(most, end), 0) };
}
