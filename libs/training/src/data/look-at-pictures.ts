import path from 'node:path';
import type { Piscina } from 'piscina';
import type { Planes } from './decode.js';
import type { ScanAnswer, ScanTask } from './picture-tasks.js';
import type { SkippedPicture } from './types.js';

/** A picture that can be drawn: its planes where they fit into memory, else its file. */
export type Drawable = Planes | string;

/** What is known of a picture that can be used. */
export interface KnownPicture {
  readonly picture: Drawable;
  /** Of the file, hexadecimal. */
  readonly sha256: string;
  /** Grey or sepia: black-and-white pictures alone may be so. */
  readonly colourless: boolean;
}

export interface LookOptions {
  readonly pool: Piscina;
  /** Bytes that decoded pictures may take. */
  readonly memory: number;
  readonly signal?: AbortSignal | undefined;
}

/** Pictures that are looked at in one go: a bound on what waits in the pool, and on what comes back from it. */
const AT_ONCE = 16;

/**
 * Decodes every file once, whatever sets it is in; keeps what fits decoded.
 * @param files each once; `needsColour`: without colours it is of no use
 * @throws the reason of the signal
 * @returns those that can be used by their files, and why the others cannot
 */
export async function lookAtPictures(
  files: readonly { readonly file: string; readonly needsColour: boolean }[],
  { pool, memory, signal }: LookOptions,
): Promise<{ known: ReadonlyMap<string, KnownPicture>; skipped: SkippedPicture[] }> {
  const known = new Map<string, KnownPicture>();
  const skipped: SkippedPicture[] = [];
  let left = memory;
  for (let from = 0; from < files.length; from += AT_ONCE) {
    signal?.throwIfAborted();
    const some = files.slice(from, from + AT_ONCE);
    // A share for each: together they never take more than there is.
    const room = Math.floor(left / some.length);
    const answers = await Promise.all(
      some.map((one) => pool.run({ ...one, room } satisfies ScanTask, { name: 'scan' }) as Promise<ScanAnswer>),
    );
    for (const [i, answer] of answers.entries()) {
      const { file } = some[i]!;
      if (!answer.use) {
        skipped.push({ name: path.basename(file), reason: answer.reason });
        continue;
      }
      const { planes, bytes, sha256, colourless } = answer;
      if (planes !== undefined) left -= bytes;
      known.set(file, { picture: planes ?? file, sha256, colourless });
    }
  }
  return { known, skipped };
}
