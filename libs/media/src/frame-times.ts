import type { Readable } from 'node:stream';
import { ParsedLines } from './parsed-lines.js';

/** The exact times that ffmpeg's metadata filter prints, one a frame, in order. */
export class FrameTimes extends ParsedLines<bigint> {
  constructor(pipe: Readable) {
    super(pipe, (line) => {
      const pts = /^frame:\s*\d+\s+pts:\s*(-?\d+)/.exec(line)?.[1];
      return pts === undefined ? undefined : BigInt(pts);
    });
  }
}
