import type { Readable } from 'node:stream';
import { LastLines } from './last-lines.js';

export interface PacketCount {
  /** Packets of output stream 0. */
  readonly frames: number;
  /** Seconds: the latest end of a packet of stream 0; 0 without packets. */
  readonly end: number;
}

/**
 * Counts what ffmpeg's `framecrc` lists, a line a packet (`stream, dts, pts, duration, size, checksum`), without keeping
 * it. Some versions count copied packets in no other way.
 */
export async function countPackets(list: Readable): Promise<PacketCount> {
  let frames = 0;
  let ticks = 0;
  let tick = 0;
  const lines = new LastLines(1);
  lines.onLine((line) => {
    const base = /^#tb 0: (\d+)\/(\d+)/.exec(line);
    if (base !== null) tick = Number(base[1]) / Number(base[2]);
    const packet = /^0,\s*-?\d+,\s*(-?\d+),\s*(-?\d+),/.exec(line);
    if (packet === null) return;
    frames += 1;
    ticks = Math.max(ticks, Number(packet[1]) + Number(packet[2]));
  });
  list.setEncoding('utf8');
  list.on('data', (text: string) => {
    lines.push(text);
  });
  await new Promise<void>((resolve) => list.once('close', resolve));
  lines.end();
  return { frames, end: ticks * tick };
}
