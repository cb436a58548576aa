import { chromaTables, type ChromaTables } from './chroma-table.js';
import { planEncode, type EncodePlan } from './encode-plan.js';
import { EncodedCount } from './encoded-count.js';
import { listEncoders } from './encoders.js';
import { outputFailure } from './ffmpeg-failure.js';
import { FfmpegProcess, type FfmpegExit } from './ffmpeg-process.js';
import { findFfmpeg, type FfmpegTools } from './find-ffmpeg.js';
import { FrameAudit } from './frame-audit.js';
import { feedSource } from './input-of.js';
import { ivfFrame, ivfHeader } from './ivf.js';
import { MediaError } from './media-error.js';
import { writeOrGone } from './pipe-write.js';
import { sinkArguments, defaultSegmentFrames } from './sink-command.js';
import { outputTo, type SinkOutput } from './sink-output.js';
import type { ChromaFrame, ChromaOptions, ChromaSink, ChromaSinkOptions, MediaInfo, SinkResult } from './types.js';

/**
 * Opens the encoder of a colour film: one ffmpeg that reads the source again and merges the small chroma with its
 * untouched luma. ffmpeg starts with the first frame.
 * @throws MediaError `UNSUPPORTED`, `INVALID_ARGUMENT`, `FFMPEG_MISSING`.
 */
export async function openChromaSink(info: MediaInfo, options: ChromaSinkOptions): Promise<ChromaSink> {
  return openSink(info, options, (plan) => outputTo(options.target, info, plan));
}

/** The sink of any kind; `outputOf` says where what it encodes goes. */
export async function openSink(
  info: MediaInfo,
  options: ChromaOptions,
  outputOf: (plan: EncodePlan) => SinkOutput,
): Promise<ChromaSink> {
  checkOptions(options);
  const plan = planEncode(info, options, await listEncoders());
  const output = outputOf(plan);
  checkStart(output.startFrame, options);
  return new FfmpegChromaSink(info, options, plan, output, await findFfmpeg());
}

const wrong = (what: string): MediaError => new MediaError('INVALID_ARGUMENT', `Chroma sink: ${what}.`);

function checkOptions({ width, height, segmentFrames = defaultSegmentFrames, saturation = 1 }: ChromaOptions): void {
  if (![width, height].every((side) => Number.isInteger(side) && side > 0 && side < 65_536))
    throw wrong('width and height must be whole numbers from 1 to 65535');
  if (!Number.isInteger(segmentFrames) || segmentFrames < 1)
    throw wrong('segmentFrames must be a whole number above 0');
  if (!(saturation >= 0 && saturation <= 10)) throw wrong('saturation must be between 0 and 10');
}

function checkStart(startFrame: number, { segmentFrames = defaultSegmentFrames }: ChromaOptions): void {
  if (startFrame < 0 || startFrame % segmentFrames !== 0)
    throw wrong(`startFrame ${startFrame} must be a multiple of ${segmentFrames}`);
}

/** Descriptors of ffmpeg beyond the standard three. */
export const chromaDescriptor = 3;
export const progressDescriptor = 4;
export const timesDescriptor = 5;

class FfmpegChromaSink implements ChromaSink {
  readonly #tables: ChromaTables;
  readonly #audit: FrameAudit;
  readonly #startedAt = performance.now();
  #child: FfmpegProcess | undefined;
  #moving: Promise<unknown> = Promise.resolve();
  #written = 0;
  #aborted = false;

  constructor(
    private readonly info: MediaInfo,
    private readonly options: ChromaOptions,
    private readonly plan: EncodePlan,
    private readonly output: SinkOutput,
    private readonly tools: FfmpegTools,
  ) {
    this.#tables = chromaTables(plan.matrix, plan.range, options.saturation ?? 1);
    this.#audit = new FrameAudit(info.name, output.startFrame, new EncodedCount(tools.version, options.onEncoded));
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
    this.output.accepted?.(frame.pts);
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
    const { signal, width, height } = this.options;
    const { startFrame, stdout, carry } = this.output;
    const child = new FfmpegProcess({
      binary: this.tools.ffmpeg,
      args: sinkArguments(this.info, this.options, this.plan, { startFrame, output: this.output.command(firstPts) }),
      stdin: this.info.source.kind === 'stream' ? 'pipe' : 'ignore',
      stdout,
      extraPipes: 3,
      signal,
    });
    this.#child = child;
    this.#audit.listen(child.pipe(progressDescriptor), child.pipe(timesDescriptor));
    this.#moving = Promise.all([feedSource(this.info.source, child), carry?.(child.stdout)]);
    // The reason is thrown by the next `write` or by `finish`, once ffmpeg is gone.
    this.#moving.catch(() => child.kill());
    child.pipe(chromaDescriptor).write(ivfHeader(width, height, this.info.video.timeBase));
    return child;
  }

  async #send(child: FfmpegProcess, frame: Buffer): Promise<void> {
    if (!(await writeOrGone(child.pipe(chromaDescriptor), frame))) await this.#throwExit(child);
  }

  async #throwExit(child: FfmpegProcess): Promise<void> {
    const exit = await child.ended;
    await this.#settle(exit);
    this.#audit.check();
  }

  async #settle(exit: FfmpegExit): Promise<void> {
    // A torn pipe on our side is the cause when we killed ffmpeg for it.
    if (exit.killed && !this.#aborted && this.options.signal?.aborted !== true) await this.#moving;
    if (!exit.ok) throw outputFailure(this.info.name, this.output.name, exit);
    await this.#moving;
    await this.#audit.ended();
  }
}

function ignoreAfterAbort(thrown: unknown): void {
  // After a kill every pipe breaks; only a fault of this program is worth raising.
  if (thrown instanceof TypeError) throw thrown;
}
