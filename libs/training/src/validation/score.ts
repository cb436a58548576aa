import type { SetMetrics } from '@kinemacolor/quality';

/**
 * What "best" means: PSNR gained over the tone baseline, with correlation and colourfulness up to the truth's. PSNR
 * alone would choose the greyest network, colourfulness alone the gaudiest; a GAN's loss says nothing of either. Where the
 * truth has no colours to compare with, colourfulness does not count.
 */
export function score(
  metrics: Pick<SetMetrics, 'psnr' | 'chromaCorrelation' | 'colourfulnessRatio'>,
  tone: Pick<SetMetrics, 'psnr'>,
): number {
  return metrics.psnr - tone.psnr + 5 * metrics.chromaCorrelation + 2 * Math.min(1, metrics.colourfulnessRatio ?? 0);
}
