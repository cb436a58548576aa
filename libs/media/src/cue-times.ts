import type { Readable } from 'node:stream';
import { ParsedLines } from './parsed-lines.js';

/** When a subtitle is shown, microseconds. */
export interface CueTime {
  readonly start: number;
  /** 0: ffmpeg does not know. */
  readonly duration: number;
}

/** The times of one subtitle stream's packets, as ffmpeg's `framecrc` prints them. */
export class CueTimes extends ParsedLines<CueTime> {
  constructor(pipe: Readable) {
    let micros = 1;
    super(pipe, (line) => {
      const base = /^#tb 0: (\d+)\/(\d+)/.exec(line);
      if (base !== null) micros = (1e6 * Number(base[1])) / Number(base[2]);
      // stream, dts, pts, duration, size, checksum
      const [, , pts, duration] = /^\d/.test(line) ? line.split(',') : [];
      if (pts === undefined) return undefined;
      return { start: Math.round(Number(pts) * micros), duration: Math.round(Number(duration) * micros) };
    });
  }
}
