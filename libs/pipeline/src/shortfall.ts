import { MediaError } from '@kinemacolor/media';

/**
 * What a film lacks, for who wants what can be read of it all the same (`salvage`).
 * @param check throws MediaError `TRUNCATED` when something is missing
 * @returns warnings
 * @throws what `check` throws, without `salvage`, or when nothing can be read
 */
export function shortfall(check: () => void, salvage: boolean): string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!salvage || !(error instanceof MediaError) || error.code !== 'TRUNCATED') throw error;
    const { framesReadable = 0, framesExpected } = error.details;
    if (framesReadable === 0) throw error;
    return [`Only ${framesReadable} of ${framesExpected ?? '?'} frames could be read; these are coloured.`];
  }
}
