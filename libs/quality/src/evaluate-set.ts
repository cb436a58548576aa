import { ChromaCorrelation } from './chroma-correlation.js';
import { ciede2000 } from './ciede2000.js';
import { colourfulness, colourfulnessRatio } from './colourfulness.js';
import type { Image } from './image.js';
import { lumaError } from './luma-error.js';
import { psnr } from './psnr.js';
import { QualityError } from './quality-error.js';
import { chromaPlanes } from './yuv.js';

/** What an identical picture counts as in a mean of PSNRs, in dB: one `Infinity` would drown all the others. */
export const IDENTICAL_PSNR_DB = 100;

/** One row of the table: metrics of a set of pictures. */
export interface SetMetrics {
  /** Number of pictures. */
  readonly n: number;
  /** Mean of the pictures' RGB PSNR in dB, each at most `IDENTICAL_PSNR_DB`. */
  readonly psnr: number;
  /** Mean of the pictures' mean CIEDE2000, ΔE. */
  readonly ciede2000: number;
  /** Mean colourfulness of the outputs over that of the truths; `undefined` where those are grey. */
  readonly colourfulnessRatio: number | undefined;
  /** Pooled chroma correlation, -1..1. */
  readonly chromaCorrelation: number;
  /** Mean of the pictures' mean |ΔY|, levels. */
  readonly lumaError: number;
}

/** Gathers the metrics of a set of (output, truth) pairs one pair at a time; keeps no pictures. */
export class SetEvaluation {
  private readonly correlation = new ChromaCorrelation();
  private n = 0;
  private psnrSum = 0;
  private ciedeSum = 0;
  private outColour = 0;
  private truthColour = 0;
  private lumaSum = 0;

  /** @throws QualityError `BAD_PICTURE`, `SIZE_MISMATCH`; the set is then as before */
  add(out: Image, truth: Image): void {
    const ratio = psnr(out, truth);
    this.correlation.add(chromaPlanes(out), chromaPlanes(truth));
    this.psnrSum += Math.min(IDENTICAL_PSNR_DB, ratio);
    this.ciedeSum += ciede2000(out, truth);
    this.outColour += colourfulness(out);
    this.truthColour += colourfulness(truth);
    this.lumaSum += lumaError(out, truth).mean;
    this.n += 1;
  }

  /** @throws QualityError `NOTHING_ADDED` */
  result(): SetMetrics {
    const { n } = this;
    if (n === 0) throw new QualityError('NOTHING_ADDED', 'The set is empty: add at least one output with its truth.');
    return {
      n,
      psnr: this.psnrSum / n,
      ciede2000: this.ciedeSum / n,
      colourfulnessRatio: colourfulnessRatio(this.outColour, this.truthColour),
      chromaCorrelation: this.correlation.value(),
      lumaError: this.lumaSum / n,
    };
  }
}

/**
 * The metrics of a set of [output, truth] pairs in one call; see `SetEvaluation`.
 * @throws QualityError `BAD_PICTURE`, `SIZE_MISMATCH`, `NOTHING_ADDED`
 */
export function evaluateSet(pairs: Iterable<readonly [out: Image, truth: Image]>): SetMetrics {
  const evaluation = new SetEvaluation();
  for (const [out, truth] of pairs) evaluation.add(out, truth);
  return evaluation.result();
}
