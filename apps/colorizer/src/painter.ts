import type { ChromaBytes } from '@kinemacolor/models';

/** Pictures in one call, and their sides in pixels. */
export interface PaintSize {
  readonly batch: number;
  readonly width: number;
  readonly height: number;
}

/** A loaded model that paints. */
export interface Painter {
  /** Pictures that it paints at the same time: so many batches and some more may be given to it at once. */
  readonly workers: number;
  /** Pictures a call with which it is fastest. */
  readonly batch: number;
  /** Whether it is no more, and everything that is given to it fails. */
  readonly isDead: boolean;
  /**
   * Paints batch · height · width bytes of luma: as many of U and of V. The luma's buffer is handed over.
   * @throws what is wrong with this batch, or with the painter
   */
  paint(luma: Uint8Array, size: PaintSize): Promise<ChromaBytes>;
  /** Idempotent. What is being painted fails. */
  close(): Promise<void>;
}

/** What the service paints with: the generator, or a stand-in of it. */
export interface Studio {
  /** Models that the store shall have, the first being the one for jobs that ask for none. */
  readonly models: readonly { readonly name: string; readonly folder: string | undefined }[];
  /** Loads a model folder. @throws why it cannot be used */
  open(folder: string): Promise<Painter>;
  /**
   * Whether a model paints at all, found out where it can do no harm.
   * @returns what is wrong with it; undefined when nothing is
   * @throws the signal's reason
   */
  check(folder: string, signal: AbortSignal): Promise<string | undefined>;
}
