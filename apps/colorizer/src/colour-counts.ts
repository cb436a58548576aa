/** What a colorizer has done since it began. */
export interface ColourCounts {
  /** Frames that were painted and published. */
  painted: number;
  /** Calls of the painter for them. */
  batches: number;
  /** Frames that stay grey. */
  grey: number;
  /** Frames that were given up, the grey ones among them. */
  poison: number;
  /** Frames that others shall have, or this one again. */
  handedBack: number;
  /** Frames of live streams that were too late to be painted. */
  late: number;
  /** Frames whose colours the encoder had been sent before. */
  duplicates: number;
}

export const noCounts = (): ColourCounts => ({
  painted: 0,
  batches: 0,
  grey: 0,
  poison: 0,
  handedBack: 0,
  late: 0,
  duplicates: 0,
});
