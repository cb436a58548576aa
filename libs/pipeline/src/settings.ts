import type { EncodeOptions } from '@kinemacolor/media';

/** How frames are coloured. */
export interface ColourSettings {
  /** Short side, pixels, at which the generator sees the film; default: what the model's card says. */
  readonly renderSize?: number | undefined;
  /** Multiplies the distance from grey; 1 is as the model paints. */
  readonly saturation: number;
  /** Strength of the smoothing over time, 0 (off) to under 1. */
  readonly stabilize: number;
}

/** What a user may choose for the encoder. */
type Chosen = 'codec' | 'crf' | 'preset' | 'subsampling';
export type EncodeSettings = { readonly [K in Chosen]?: EncodeOptions[K] | undefined };

/** The settings without those that were left open. */
export function encodeOptions(settings: EncodeSettings): Pick<EncodeOptions, Chosen> {
  const { codec, crf, preset, subsampling } = settings;
  return {
    ...(codec === undefined ? {} : { codec }),
    ...(crf === undefined ? {} : { crf }),
    ...(preset === undefined ? {} : { preset }),
    ...(subsampling === undefined ? {} : { subsampling }),
  };
}

/** Frames between two places where a film can be resumed; a key frame stands at each. */
export const SEGMENT_FRAMES = 240;

/** Frames a call of the network: a CPU gains nothing from batches, a GPU does. Divides {@link SEGMENT_FRAMES}. */
export const batchFor = (device: 'cpu' | 'gpu'): number => (device === 'gpu' ? 8 : 1);
