import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { chromaTables, type ChromaTables } from './chroma-table.js';
import { planEncode, type EncodePlan } from './encode-plan.js';
import { listEncoders } from './encoders.js';
import { outputFailure } from './ffmpeg-failure.js';
import { FfmpegProcess, type FfmpegExit } from './ffmpeg-process.js';
import { findFfmpeg, type FfmpegTools } from './find-ffmpeg.js';
import { FrameAudit } from './frame-audit.js';
import { feedSource } from './input-of.js';
import { ivfFrame, ivfHeader } from './ivf.js';
import { MediaError } from './media-error.js';
import { sinkArguments, defaultSegmentFrames } from './sink-command.js';
import type { ChromaFrame, ChromaSink, ChromaSinkOptions, MediaInfo, SinkResult } from './types.js';

/**
 * Opens the encoder of a colour film: one ffmpeg that reads the source again and merges the small chroma with its
 * untouched luma. ffmpeg starts with the first frame.
 * @throws MediaError `UNSUPPORTED`, `INVALID_ARGUMENT`, `FFMPEG_MISSING`.
 */
export async function openChromaSink(info: MediaInfo, options: ChromaSinkOptions): Promise<ChromaSink> {
  checkOptions(options);
  const plan = planEncode(info, options, await listEncoders());
  return new FfmpegChromaSink(info, options, plan, await findFfmpeg());
}

function checkOptions({
  width,
  height,
  target,
  segmentFrames = defaultSegmentFrames,
  saturation = 1,
}: ChromaSinkOptions): void {
  const startFrame = target.kind === 'part' ? (target.startFrame ?? 0) : 0;
  const wrong = (what: string): MediaError => new MediaError('INVALID_ARGUMENT', `Chroma sink: ${what}.`);
  if (![width, height].every((side) => Number.isInteger(side) && side > 0 && side < 65_536))
    throw wrong('width and height must be whole numbers from 1 to 65535');
  if (!Number.isInteger(segmentFrames) || segmentFrames < 1)
    throw wrong('segmentFrames must be a whole number above 0');
  if (startFrame < 0 || startFrame % segmentFrames !== 0)
    throw wrong(`startFrame ${startFrame} must be a multiple of ${segmentFrames}`);
  if (!(saturation >= 0 && saturation <= 10)) throw wrong('saturation must be between 0 and 10');
}

/** Descriptors of ffmpeg beyond the standard three. */
export const chromaDescriptor = 3;
export const progressDescriptor = 4;
export const timesDescriptor = 5;

class FfmpegChromaSink implements ChromaSink {
  readonly #startFrame: number;
  readonly #tables: ChromaTables;
  readonly #audit: FrameAudit;
  readonly #startedAt = performance.now();
  readonly #outputName: string;
  #child: FfmpegProcess | undefined;
  #moving: Promise<unknown> = Promise.resolve();
  #written = 0;
  #aborted = false;

  constructor(
    private readonly info: MediaInfo,
    private readonly options: ChromaSinkOptions,
    private readonly plan: EncodePlan,
    private readonly tools: FfmpegTools,
  ) {
    this.#startFrame = options.target.kind === 'part' ? (options.target.startFrame ?? 0) : 0;
    this.#tables = chromaTables(plan.matrix, plan.range, options.saturation ?? 1);
    this.#audit = new FrameAudit(info.name, this.#startFrame);
    this.#outputName = options.target.kind === 'part' ? options.target.path : 'the output stream';
  }

  async write(frame: ChromaFrame): Promise<void> {
    this.#checkUsable();
    const { width, height } = this.options;
    if (frame.u.length !== width * height || frame.v.length !== width * height) {
      throw new MediaError(
        'INVALID_ARGUMENT',
        `Chroma frame ${frame.index} has ${frame.u.length} and ${frame.v.length} bytes, not ${width} × ${height}.`,
      );
    }
    this.#audit.chroma(frame.index, frame.pts);
    const child = this.#child ?? this.#start(frame.pts);
    await this.#send(child, ivfFrame(frame.pts, frame, this.#tables));
    this.#written += 1;
  }

  async finish(): Promise<SinkResult> {
    this.#checkUsable();
    const child = this.#child;
    if (child === undefined)
      throw new MediaError('FRAME_MISMATCH', `${this.info.name}: not one frame of colour was written.`, {
        path: this.info.name,
      });
    child.pipe(chromaDescriptor).end();
    const exit = await child.ended;
    await this.#settle(exit);
    this.#audit.check();
    return {
      frames: this.#written,
      cpuSeconds: exit.cpuSeconds,
      wallSeconds: (performance.now() - this.#startedAt) / 1000,
    };
  }

  async abort(): Promise<void> {
    this.#aborted = true;
    if (this.#child === undefined) return;
    await this.#child.kill();
    await this.#moving.catch(ignoreAfterAbort);
  }

  #checkUsable(): void {
    if (this.#aborted || this.options.signal?.aborted === true)
      throw new MediaError('ABORTED', `${this.info.name}: stopped on request.`, { path: this.info.name });
  }

  #start(firstPts: bigint): FfmpegProcess {
    const { target, signal, width, height } = this.options;
    const toWritable = target.kind === 'stream' && typeof target.to !== 'number';
    const child = new FfmpegProcess({
      binary: this.tools.ffmpeg,
      args: sinkArguments(this.info, this.options, this.plan, firstPts),
      stdin: this.info.source.kind === 'stream' ? 'pipe' : 'ignore',
      stdout: target.kind === 'part' ? 'ignore' : toWritable ? 'pipe' : (target.to as number),
      extraPipes: 3,
      signal,
    });
    this.#child = child;
    this.#audit.listen(child.pipe(progressDescriptor), child.pipe(timesDescriptor));
    const leaving =
      target.kind === 'stream' && typeof target.to !== 'number'
        ? pipeline(child.stdout, target.to, { end: false }).catch((thrown: unknown) => {
            throw MediaError.fromOutput(thrown, this.#outputName);
          })
        : undefined;
    this.#moving = Promise.all([feedSource(this.info.source, child), leaving]);
    // The reason is thrown by the next `write` or by `finish`, once ffmpeg is gone.
    this.#moving.catch(() => child.kill());
    child.pipe(chromaDescriptor).write(ivfHeader(width, height, this.info.video.timeBase));
    return child;
  }

  async #send(child: FfmpegProcess, frame: Buffer): Promise<void> {
    const pipe = child.pipe(chromaDescriptor);
    if (!isOpen(pipe)) return this.#throwExit(child);
    if (pipe.write(frame)) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        pipe.off('drain', go).off('close', go);
        resolve();
      };
      pipe.once('drain', go).once('close', go);
    });
    if (!isOpen(pipe)) await this.#throwExit(child);
  }

  async #throwExit(child: FfmpegProcess): Promise<void> {
    const exit = await child.ended;
    await this.#settle(exit);
    this.#audit.check();
  }

  async #settle(exit: FfmpegExit): Promise<void> {
    // A torn pipe on our side is the cause when we killed ffmpeg for it.
    if (exit.killed && !this.#aborted && this.options.signal?.aborted !== true) await this.#moving;
    if (!exit.ok) throw outputFailure(this.info.name, this.#outputName, exit);
    await this.#moving;
    await this.#audit.ended();
  }
}

function ignoreAfterAbort(thrown: unknown): void {
  // After a kill every pipe breaks; only a fault of this program is worth raising.
  if (thrown instanceof TypeError) throw thrown;
}

function isOpen(pipe: Writable): boolean {
  return pipe.writable;
}
