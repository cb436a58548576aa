import type { PictureBox } from '@kinemacolor/media';
import type { ExtractSettings } from './extract-options.js';

/** File name of the index in a folder of extracted pictures. */
export const INDEX_FILE = 'index.json';

/** Candidates that were not taken, by the first reason that held. */
export interface Skipped {
  /** The shot had its share. */
  perShot: number;
  /** Black, or of one level all over. */
  blank: number;
  /** Cards with words. */
  title: number;
  /** They look like a picture that was taken. */
  duplicate: number;
}

/** One picture of the result. */
export interface IndexedPicture {
  readonly file: string;
  /** Number of the shot, from 1. */
  readonly shot: number;
  /** Number of the decoded frame in the film, from 0. */
  readonly frame: number;
  /** Its time on the film's clock. */
  readonly seconds: number;
}

/** What `index.json` says: the same film and settings give the same text. */
export interface DatasetIndex {
  readonly kind: 'kinemacolor-pictures';
  /** File name of the film. */
  readonly film: string;
  readonly settings: ExtractSettings;
  /** Size of the pictures, pixels. */
  readonly width: number;
  readonly height: number;
  /** What of the film's picture was taken; null for all of it. */
  readonly crop: PictureBox | null;
  readonly frames: number;
  readonly shots: number;
  /** Frames that were considered: every n-th. */
  readonly candidates: number;
  readonly skipped: Readonly<Skipped>;
  /** Errors that the decoder told. */
  readonly decodeErrors: number;
  readonly pictures: readonly IndexedPicture[];
}

/** The index in a text; `undefined` when the text is something else. */
export function parseIndex(text: string): DatasetIndex | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const index = value as Partial<DatasetIndex> | null;
  const ours = index?.kind === 'kinemacolor-pictures' && Array.isArray(index.pictures);
  return ours ? (index as DatasetIndex) : undefined;
}
