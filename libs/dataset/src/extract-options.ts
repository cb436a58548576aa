import { DatasetError } from './dataset-error.js';

/** Tells where one shot ends and the next begins. `SceneCuts` of `@kinemacolor/pipeline` is one. */
export interface CutDetector {
  /** True when this frame begins a new shot. Called once for each frame, in order, with width × height bytes. */
  isCut(luma: Uint8Array, width: number, height: number): boolean;
}

/** Where an extraction is. Frames of this phase. */
export interface ExtractProgress {
  readonly phase: 'survey' | 'extract';
  readonly frames: number;
  /** `undefined` when the film does not tell. */
  readonly total: number | undefined;
}

export interface ExtractOptions {
  readonly cuts: CutDetector;
  /** Takes every n-th frame into consideration. Default 3. */
  readonly every?: number;
  /** Short side of the pictures, pixels; a smaller film keeps its size. Default 512. */
  readonly size?: number;
  /** Most pictures of one shot. Default all. */
  readonly perShot?: number | undefined;
  /** Of the JPEGs, 1 to 100. Default 92. */
  readonly quality?: number;
  /** Takes what can be read of a film that is cut off. Default: such a film is an error. */
  readonly salvage?: boolean;
  /** Replaces an earlier extraction. Default: a folder that is not empty is an error. */
  readonly force?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: ExtractProgress) => void;
}

/** The numbers of the options, checked and with their defaults. */
export interface ExtractSettings {
  readonly every: number;
  readonly size: number;
  readonly perShot: number | undefined;
  readonly quality: number;
}

/** @throws DatasetError `INVALID_ARGUMENT` */
export function extractSettings({ every = 3, size = 512, perShot, quality = 92 }: ExtractOptions): ExtractSettings {
  check('every', every, 1, Number.MAX_SAFE_INTEGER);
  check('size', size, 16, 16_384);
  check('quality', quality, 1, 100);
  if (perShot !== undefined) check('per-shot', perShot, 1, Number.MAX_SAFE_INTEGER);
  return { every, size, perShot, quality };
}

function check(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  throw new DatasetError('INVALID_ARGUMENT', `${name} ${value}: give a whole number, ${range}.`);
}
