import { ffmpegArguments } from './ffmpeg-command.js';
import { inputFailure, wasEnded } from './ffmpeg-failure.js';
import { FfmpegProcess, type FfmpegExit } from './ffmpeg-process.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { FrameTimes } from './frame-times.js';
import { feedSource, inputOf } from './input-of.js';
import { MediaError } from './media-error.js';
import { shellWord } from './shell-word.js';
import { sourceRange } from './source-range.js';
import type { LumaFrame, LumaOptions, LumaReader, LumaStats, MediaInfo } from './types.js';

/**
 * Opens the film's luma: small, grey, upright, full range, every frame as decoded, with its exact time. ffmpeg starts
 * at once and runs only a few frames ahead of the consumer (as much as the pipes hold).
 * @throws MediaError `INVALID_ARGUMENT`, `FFMPEG_MISSING`; while iterating: `DAMAGED`, `NOT_MEDIA`, `FFMPEG_FAILED`, `ABORTED`.
 */
export async function openLuma(info: MediaInfo, options: LumaOptions): Promise<LumaReader> {
  const { width, height, startFrame = 0 } = options;
  if (
    ![width, height].every((side) => Number.isInteger(side) && side > 0) ||
    !Number.isInteger(startFrame) ||
    startFrame < 0
  ) {
    throw new MediaError(
      'INVALID_ARGUMENT',
      `Luma of ${width} × ${height} pixels from frame ${startFrame}: give whole numbers, sides above 0.`,
    );
  }
  const tools = await findFfmpeg();
  const threads = options.threads === undefined || options.threads === 0 ? [] : ['-threads', String(options.threads)];
  const args = ffmpegArguments({
    // One graph for the whole film: made anew for pictures of another size, it would count its frames from 0 again.
    inputs: [inputOf(info.source, ['-reinit_filter', '0', '-copyts', '-max_error_rate', '1', ...threads])],
    filterGraph: `[0:${info.video.index}]${lumaFilters(info, options).join(',')}[luma]`,
    outputs: [
      {
        url: 'pipe:1',
        options: [
          '-map',
          '[luma]',
          '-fps_mode',
          'passthrough',
          '-enc_time_base',
          `${info.video.timeBase.num}/${info.video.timeBase.den}`,
          '-f',
          'rawvideo',
        ],
      },
    ],
  });
  const child = new FfmpegProcess({
    binary: tools.ffmpeg,
    args,
    stdin: info.source.kind === 'stream' ? 'pipe' : 'ignore',
    stdout: 'pipe',
    extraPipes: 1,
    signal: options.signal,
  });
  return new FfmpegLumaReader(child, info, width * height, startFrame);
}

function lumaFilters(info: MediaInfo, { width, height, startFrame = 0 }: LumaOptions): string[] {
  const skip = startFrame === 0 ? [] : [`select='gte(n,${startFrame})'`];
  // swscale expands YUV to the full range when the target is grey, but takes every grey source as full already.
  const limitedGray = info.video.pixelFormat.isGray && sourceRange(info.video) === 'limited';
  const expand = limitedGray ? [`lut=y='clip((val-16)*255/219+0.5,0,255)'`] : [];
  // The metadata filter prints only frames that carry metadata, so each gets some.
  const times = ['metadata=mode=add:key=k:value=1', `metadata=mode=print:file='pipe\\:3':direct=1`];
  return [...skip, `scale=${width}:${height}:flags=area`, 'format=gray', ...expand, ...times];
}

class FfmpegLumaReader implements LumaReader {
  readonly #times: FrameTimes;
  readonly #feeding: Promise<void>;
  #frames = 0;
  #lastPts: bigint | undefined;
  #cpuSeconds = 0;
  #started = false;
  #closed = false;

  constructor(
    private readonly child: FfmpegProcess,
    private readonly info: MediaInfo,
    private readonly frameBytes: number,
    private readonly startFrame: number,
  ) {
    this.#times = new FrameTimes(child.pipe(3));
    // Node throws away what nobody reads when a child exits; a listener keeps a short film until the consumer comes.
    child.stdout.on('readable', keepUntilRead);
    this.#feeding = feedSource(info.source, child);
    // Told to the consumer when it asks for frames; until then it must not count as unhandled.
    this.#feeding.catch(() => this.child.kill());
  }

  stats(): LumaStats {
    return { frames: this.#frames, cpuSeconds: this.#cpuSeconds, decodeErrors: this.child.errorCount };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cpuSeconds = (await this.child.kill()).cpuSeconds;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LumaFrame, void, undefined> {
    if (this.#started) throw new MediaError('INVALID_ARGUMENT', 'This film is already being read; open it again.');
    this.#started = true;
    try {
      yield* this.#read();
      const exit = await this.child.ended;
      this.#cpuSeconds = exit.cpuSeconds;
      if (this.#closed) return;
      await this.#feeding;
      if (!exit.ok) throw this.#failure(exit);
      if (this.#frames === 0 && this.startFrame === 0) {
        throw new MediaError(
          'DAMAGED',
          `${this.info.name}: not one picture could be decoded. Check that it plays elsewhere.`,
          {
            path: this.info.name,
            framesReadable: 0,
            framesExpected: this.info.video.expectedFrames,
            stderr: exit.errorLines.join('\n'),
          },
        );
      }
    } finally {
      await this.close();
    }
  }

  /** What broke after pictures had come is damage, whatever ffmpeg calls it, unless it was ended. */
  #failure(exit: FfmpegExit): MediaError {
    const failure = inputFailure(this.info.name, exit);
    if (this.#frames === 0 || exit.killed || wasEnded(exit)) return failure;
    const framesReadable = this.startFrame + this.#frames;
    const framesExpected = this.info.video.expectedFrames;
    return new MediaError(
      'DAMAGED',
      `${this.info.name}: broke off after ${framesReadable} of ${framesExpected ?? 'an unknown number of'} frames. Check that it plays elsewhere.`,
      { ...failure.details, framesReadable, framesExpected },
      { cause: failure },
    );
  }

  /** Two pictures of one time cannot be told apart when colour and luma are merged. */
  #checkRising(pts: bigint): void {
    if (this.#lastPts !== undefined && pts <= this.#lastPts) {
      const { name } = this.info;
      throw new MediaError(
        'DAMAGED',
        `${name}: the times do not rise at frame ${this.startFrame + this.#frames}. Repair them first: ffmpeg -i ${shellWord(name)} -fps_mode vfr -c:v ffv1 -c:a copy repaired.mkv`,
        { path: name, framesReadable: this.startFrame + this.#frames },
      );
    }
    this.#lastPts = pts;
  }

  async *#read(): AsyncGenerator<LumaFrame, void, undefined> {
    let luma = new Uint8Array(this.frameBytes);
    let filled = 0;
    try {
      for await (const chunk of this.child.stdout as AsyncIterable<Buffer>) {
        for (let at = 0; at < chunk.length;) {
          const bytes = Math.min(chunk.length - at, this.frameBytes - filled);
          luma.set(chunk.subarray(at, at + bytes), filled);
          filled += bytes;
          at += bytes;
          if (filled < this.frameBytes) continue;
          const pts = await this.#times.next();
          if (pts === undefined)
            throw new MediaError('FFMPEG_FAILED', `${this.info.name}: ffmpeg gave a picture without its time.`, {
              path: this.info.name,
            });
          this.#checkRising(pts);
          yield { index: this.startFrame + this.#frames++, pts, luma };
          luma = new Uint8Array(this.frameBytes);
          filled = 0;
        }
      }
    } catch (thrown) {
      // A kill tears the pipe; the exit says why.
      if (thrown instanceof MediaError) throw thrown;
      const exit = await this.child.kill();
      if (!exit.killed && !wasEnded(exit)) throw MediaError.from(thrown, this.info.name);
    }
  }
}

function keepUntilRead(): void {
  // Being there is enough.
}
