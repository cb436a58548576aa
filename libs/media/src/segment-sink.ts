import { openSink } from './chroma-sink.js';
import { MediaError } from './media-error.js';
import { segmentClock } from './segment-clock.js';
import { SegmentCutter, type Segment } from './segment-cutter.js';
import { defaultSegmentFrames, fragmentedOptions } from './sink-command.js';
import type { ChromaFrame, ChromaOptions, ChromaSink, MediaInfo, SinkResult } from './types.js';

export interface SegmentSinkOptions extends ChromaOptions {
  /** Where the segments are written, one file each. It must exist. */
  readonly folder: string;
  /** First frame of this run; a multiple of `segmentFrames`. Default 0. */
  readonly startFrame?: number;
}

/** A sink whose film comes out in segments while it is written. */
export interface SegmentSink extends ChromaSink {
  /**
   * Each segment as soon as its file is whole, in order, with borders at multiples of `segmentFrames`; the last one may
   * be shorter and comes when `finish` has found everything right. Iterate once, beside writing: with two segments
   * untaken the encoder is held back, and `finish` waits too. Throws what ended the sink. Leaving the loop early ends it.
   */
  readonly segments: AsyncIterable<Segment>;
}

/**
 * Like `openChromaSink` with a part, in segments of their own: each file holds a header and its fragments, with the
 * film's absolute times. Those of a sink that begins at a later segment continue those of an earlier one, also when one
 * of them was killed; a file with its final name is always whole.
 * @throws MediaError `UNSUPPORTED`, `INVALID_ARGUMENT`, `FFMPEG_MISSING`.
 */
export async function openSegmentSink(info: MediaInfo, options: SegmentSinkOptions): Promise<SegmentSink> {
  const { folder, startFrame = 0, segmentFrames = defaultSegmentFrames } = options;
  const clock = segmentClock(info.video);
  const cutter = new SegmentCutter({ name: info.name, folder, startFrame, segmentFrames, clock });
  const sink = await openSink(info, options, (plan) => ({
    // Whoever is told of a failure does not know this machine's folders.
    name: 'the coloured film',
    startFrame,
    stdout: 'pipe',
    command: () => ({ url: 'pipe:1', options: fragmentedOptions(plan, info.video) }),
    carry: (stdout) => cutter.cut(stdout),
    accepted: (pts) => {
      cutter.expect(pts);
    },
  }));
  return new CuttingSink(info.name, sink, cutter);
}

class CuttingSink implements SegmentSink {
  readonly segments: AsyncIterable<Segment>;

  constructor(
    private readonly name: string,
    private readonly sink: ChromaSink,
    private readonly cutter: SegmentCutter,
  ) {
    this.segments = cutter.segments;
  }

  async write(frame: ChromaFrame): Promise<void> {
    await this.#orEnd(this.sink.write(frame));
  }

  async finish(): Promise<SinkResult> {
    const result = await this.#orEnd(this.sink.finish());
    await this.#orEnd(this.cutter.finish());
    return result;
  }

  async abort(): Promise<void> {
    await this.#end(new MediaError('ABORTED', `${this.name}: stopped on request.`, { path: this.name }));
  }

  /** A failure ends the segments' reader too, but not a frame that came in the wrong order and was refused. */
  async #orEnd<T>(step: Promise<T>): Promise<T> {
    try {
      return await step;
    } catch (thrown) {
      if (!(thrown instanceof MediaError && thrown.code === 'OUT_OF_ORDER')) await this.#end(thrown);
      throw thrown;
    }
  }

  async #end(failure: unknown): Promise<void> {
    this.cutter.segments.fail(failure);
    await this.sink.abort();
    await this.cutter.discard();
  }
}
