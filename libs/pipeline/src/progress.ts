/** Where a run is. `frames` of `total` are coloured (`total` is undefined while nobody knows it). */
export interface Progress {
  readonly phase: 'colour' | 'finish' | 'compare';
  readonly frames: number;
  readonly total: number | undefined;
}

export type OnProgress = (progress: Progress) => void;
