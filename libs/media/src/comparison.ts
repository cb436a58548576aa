import { ffmpegArguments } from './ffmpeg-command.js';
import { outputFailure } from './ffmpeg-failure.js';
import { FfmpegProcess } from './ffmpeg-process.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { MediaError } from './media-error.js';
import { isPicturePath } from './picture-path.js';
import { safeFileInput, safeUrl } from './safe-input.js';
import type { MediaInfo } from './types.js';

export interface ComparisonOptions {
  readonly source: MediaInfo;
  readonly result: MediaInfo;
  /** A picture when its extension is a picture's, else a film. Written directly: give a temporary name and rename it. */
  readonly output: string;
  /** Which frame, for a picture; default the middle one. */
  readonly frame?: number;
  /** Height of each half; default the source's, at most 720. */
  readonly height?: number;
  readonly signal?: AbortSignal;
}

/** Side by side: left the source in grey, right the colour. @throws MediaError `DISK_FULL`, `OUTPUT_UNWRITABLE`, `FFMPEG_FAILED`. */
export async function renderComparison(options: ComparisonOptions): Promise<void> {
  const { source, result, output, signal } = options;
  if (source.source.kind !== 'file' || result.source.kind !== 'file')
    throw new MediaError('INVALID_ARGUMENT', 'A comparison needs two files.');
  const { ffmpeg } = await findFfmpeg();
  const still = isPicturePath(output);
  const args = ffmpegArguments({
    inputs: [safeFileInput(source.source.path), safeFileInput(result.source.path)],
    filterGraph: graph(options, still),
    outputs: [
      {
        url: safeUrl(output),
        options: still
          ? ['-map', '[both]', '-frames:v', '1', '-update', '1', '-q:v', '2']
          : [
              '-map',
              '[both]',
              '-fps_mode',
              'passthrough',
              '-c:v',
              'libx264',
              '-crf',
              '20',
              '-preset',
              'veryfast',
              '-pix_fmt',
              'yuv420p',
            ],
      },
    ],
  });
  const exit = await new FfmpegProcess({ binary: ffmpeg, args, signal }).ended;
  if (!exit.ok) throw outputFailure(source.name, output, exit);
}

function graph({ source, result, frame, height }: ComparisonOptions, still: boolean): string {
  const tall = even(height ?? Math.min(720, source.video.height));
  const { num, den } = source.video.sampleAspectRatio;
  const wide = even((tall * source.video.width * num) / (source.video.height * den));
  const middle = Math.floor((source.video.expectedFrames ?? 2) / 2);
  const pick = still ? `select='eq(n,${frame ?? middle})',` : '';
  const shape = `setpts=PTS-STARTPTS,scale=${wide}:${tall}:flags=area,setsar=1`;
  return [
    `[0:${source.video.index}]${pick}${shape},format=gray,format=yuv444p[left]`,
    `[1:${result.video.index}]${pick}${shape},format=yuv444p[right]`,
    '[left][right]hstack=shortest=1[both]',
  ].join(';');
}

function even(length: number): number {
  return Math.max(2, Math.round(length / 2) * 2);
}
