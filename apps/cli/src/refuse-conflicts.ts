import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { checkCodec, isPicturePath, type VideoCodec } from '@kinemacolor/media';
import { targetContainer } from '@kinemacolor/pipeline';
import { UsageError } from './usage-error.js';
import type { WorkItem } from './work-list.js';

/** Containers that a side-by-side film (H.264) is written in. */
const COMPARISONS: ReadonlySet<string> = new Set(['mp4', 'mov', 'matroska']);

/**
 * Looks at all names before any work: no result may replace a source or another result, and every name must be one that
 * can be written.
 * @throws UsageError naming both files; MediaError `INVALID_ARGUMENT` for an unknown extension, or one that cannot hold
 *   the codec
 */
export async function refuseConflicts(
  items: readonly WorkItem[],
  codec: VideoCodec,
  traceFile?: string,
): Promise<void> {
  const taken = new Map<string, string>();
  for (const { input } of items) if (input !== '-') taken.set(await identityOf(input), `the source ${input}`);
  for (const { kind, output, compare } of items) {
    if (kind === 'film' && output !== '-') checkCodec(codec, targetContainer(output));
    checkExtensions(kind, output, compare);
    for (const [file, what] of [
      [output, 'the result'],
      [compare, 'the side-by-side'],
      [traceFile, 'the trace'],
    ] as const) {
      // prettier-ignore
      if (file === undefined || file === '-') continue;
      const identity = await identityOf(file);
      const other = taken.get(identity);
      if (other !== undefined) throw new UsageError(`${file} would be both ${what} and ${other}: give another name.`);
      taken.set(identity, `${what} ${file}`);
    }
  }
}

function checkExtensions(kind: WorkItem['kind'], output: string, compare: string | undefined): void {
  if (kind === 'picture' && !isPicturePath(output)) {
    throw new UsageError(`${output}: a picture is written as .png, .jpg, .webp, .tiff or .avif.`);
  }
  if (compare === undefined || isPicturePath(compare)) return;
  if (kind === 'picture' || !COMPARISONS.has(targetContainer(compare))) {
    throw new UsageError(`${compare}: a side-by-side is a picture (.png, .jpg) or, of a film, .mp4, .mov or .mkv.`);
  }
}

/** The same for two names of one file, also when it is not there yet but its folder is. */
async function identityOf(file: string): Promise<string> {
  const absolute = path.resolve(file);
  try {
    return await realpath(absolute);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || path.dirname(absolute) === absolute) return absolute;
    return path.join(await identityOf(path.dirname(absolute)), path.basename(absolute));
  }
}
