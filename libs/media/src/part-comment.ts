import type { Rational, VideoCodec } from './types.js';

/** What a part remembers about its place in the film. */
export interface PartPlace {
  readonly startFrame: number;
  /** Time of its first frame in the source's time base. */
  readonly startPts: bigint;
  readonly timeBase: Rational;
}

/** The container of parts: QuickTime, but ffmpeg puts AV1 into MP4 only. */
export function partFormat(codec: VideoCodec): 'mov' | 'mp4' {
  return codec === 'av1' ? 'mp4' : 'mov';
}

/** The place as text, kept in the part's comment tag. */
export function partComment({ startFrame, startPts, timeBase }: PartPlace): string {
  return `kinemacolor part frame ${startFrame} pts ${startPts} timebase ${timeBase.num}/${timeBase.den}`;
}

export function readPartComment(comment: string | undefined): PartPlace | undefined {
  const found = /^kinemacolor part frame (\d+) pts (-?\d+) timebase (\d+)\/(\d+)$/.exec(comment ?? '');
  if (found === null) return undefined;
  const [, frame, pts, num, den] = found;
  return { startFrame: Number(frame), startPts: BigInt(pts!), timeBase: { num: Number(num), den: Number(den) } };
}
