import type { ColourRange, VideoStream } from './types.js';

export type ColourMatrix = 'bt601' | 'bt709' | 'bt2020' | 'smpte240m';

/** Cb = (B − Y) / cb and Cr = (R − Y) / cr, from ITU-R BT.601, BT.709, BT.2020 and SMPTE 240M: 2 (1 − Kb), 2 (1 − Kr). */
const divisors: Readonly<Record<ColourMatrix, { readonly cb: number; readonly cr: number }>> = {
  bt601: { cb: 1.772, cr: 1.402 },
  bt709: { cb: 1.8556, cr: 1.5748 },
  bt2020: { cb: 1.8814, cr: 1.4746 },
  smpte240m: { cb: 1.826, cr: 1.576 },
};

/** The matrix that the source's tag names; without one what players guess: BT.709 from 720 lines on, else BT.601. */
export function sourceMatrix(video: VideoStream): ColourMatrix {
  switch (video.colour.space) {
    case 'bt709':
      return 'bt709';
    case 'bt470bg':
    case 'smpte170m':
    case 'fcc':
      return 'bt601';
    case 'bt2020nc':
    case 'bt2020c':
      return 'bt2020';
    case 'smpte240m':
      return 'smpte240m';
    default:
      return video.height >= 720 ? 'bt709' : 'bt601';
  }
}

export interface ChromaTables {
  /** 256 entries: the model's value to the film's. */
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

/** Tables from full-range BT.601 colour difference to the film's matrix and range; 128 stays 128. */
export function chromaTables(matrix: ColourMatrix, range: ColourRange, saturation: number): ChromaTables {
  const scale = range === 'limited' ? 224 / 255 : 1;
  const [low, high] = range === 'limited' ? [16, 240] : [1, 255];
  const table = (factor: number): Uint8Array =>
    Uint8Array.from({ length: 256 }, (_, value) =>
      Math.min(high, Math.max(low, Math.round(128 + (value - 128) * factor))),
    );
  return {
    u: table((saturation * scale * divisors.bt601.cb) / divisors[matrix].cb),
    v: table((saturation * scale * divisors.bt601.cr) / divisors[matrix].cr),
  };
}
