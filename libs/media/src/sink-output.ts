import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EncodePlan } from './encode-plan.js';
import type { CommandOutput } from './ffmpeg-command.js';
import { MediaError } from './media-error.js';
import { partComment } from './part-comment.js';
import { safeUrl } from './safe-input.js';
import { fragmentedOptions, wholeFilmOptions } from './sink-command.js';
import type { MediaInfo, SinkTarget } from './types.js';

/** Where a sink's film goes. */
export interface SinkOutput {
  /** For messages. */
  readonly name: string;
  readonly startFrame: number;
  /** What ffmpeg's standard output is; a number is a descriptor of this process. */
  readonly stdout: 'pipe' | 'ignore' | number;
  /** The output and its container, for a film whose first frame here has this time. */
  command(firstPts: bigint): CommandOutput;
  /** Carries away what ffmpeg prints, where it is a pipe. */
  readonly carry?: (stdout: Readable) => Promise<void>;
  /** A frame of this time is about to go to the encoder. */
  readonly accepted?: (pts: bigint) => void;
}

export function outputTo(target: SinkTarget, info: MediaInfo, plan: EncodePlan): SinkOutput {
  if (target.kind === 'part') {
    const { path, startFrame = 0 } = target;
    const comment = (startPts: bigint): string =>
      `comment=${partComment({ startFrame, startPts, timeBase: info.video.timeBase })}`;
    return {
      name: path,
      startFrame,
      stdout: 'ignore',
      command: (firstPts) => ({
        url: safeUrl(path),
        options: [...fragmentedOptions(plan, info.video), '-metadata', comment(firstPts)],
      }),
    };
  }
  const { to, container } = target;
  const name = 'the output stream';
  const command = (): CommandOutput => ({ url: 'pipe:1', options: wholeFilmOptions(info, plan, container) });
  if (typeof to === 'number') return { name, startFrame: 0, stdout: to, command };
  const carry = (stdout: Readable): Promise<void> =>
    pipeline(stdout, to, { end: false }).catch((thrown: unknown) => {
      throw MediaError.fromOutput(thrown, name);
    });
  return { name, startFrame: 0, stdout: 'pipe', command, carry };
}
