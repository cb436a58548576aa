import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ByteReader } from './byte-reader.js';
import { misfit } from './check-codec.js';
import { CueTimes } from './cue-times.js';
import { outputFailure } from './ffmpeg-failure.js';
import { FfmpegProcess } from './ffmpeg-process.js';
import { durationTags, filmMetadata } from './film-metadata.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { feedSource } from './input-of.js';
import { mergeMatroska } from './matroska-merge.js';
import { MediaError } from './media-error.js';
import { mergeMp4 } from './mp4-merge.js';
import {
  cueStreams,
  firstCueDescriptor,
  pictureArguments,
  pulseOptions,
  restArguments,
  type MuxContainer,
} from './mux-command.js';
import type { MuxInputs } from './mux-inputs.js';
import { writeOrGone } from './pipe-write.js';
import { SegmentThread } from './segment-thread.js';
import { planStreams } from './stream-plan.js';
import { mergeTransport } from './transport-merge.js';
import type { MediaInfo, StreamPlan, VideoCodec } from './types.js';

export interface FilmMuxOptions {
  readonly container: MuxContainer;
  /** The segments' codec. */
  readonly codec: VideoCodec;
  /** For a small file of tags, which is removed again. */
  readonly folder: string;
  readonly signal?: AbortSignal;
}

/** Puts a film together from its segments and the source's other streams, while both come in. */
export interface FilmMux {
  /** What happens to each stream beside the picture. */
  readonly plans: readonly StreamPlan[];
  /**
   * The film. Iterate once, to its end, beside adding; leaving the loop early ends the mux. The bytes depend on the
   * segments and the source alone, whenever they come, so that a mux that begins anew gives the same again.
   */
  readonly output: AsyncIterable<Uint8Array>;
  /**
   * The next segment, in order from the film's first. Resolves when all of it was read: its file may then be deleted.
   * Waits while nobody takes the output.
   * @throws MediaError `NOT_FOUND`, `DAMAGED`, `FRAME_MISMATCH`, or what ended ffmpeg.
   */
  add(segmentPath: string): Promise<void>;
  /** After the last segment: resolves when the output is at its end. @throws what ended ffmpeg. */
  finish(): Promise<void>;
  /** Ends everything and resolves when it is gone. Idempotent. */
  abort(): Promise<void>;
}

const merges: Readonly<Record<MuxContainer, (inputs: MuxInputs) => AsyncGenerator<Buffer, void, undefined>>> = {
  matroska: mergeMatroska,
  mp4: mergeMp4,
  mpegts: mergeTransport,
};

/**
 * Two ffmpegs, one for the picture and one for everything else, each reading one thing only; what they print is merged
 * here by the times in it. So nothing depends on which of them is faster.
 * @throws MediaError `UNSUPPORTED` when the container cannot hold the codec, `INVALID_ARGUMENT`, `FFMPEG_MISSING`,
 * `OUTPUT_UNWRITABLE`, `DISK_FULL`.
 */
export async function openFilmMux(info: MediaInfo, options: FilmMuxOptions): Promise<FilmMux> {
  const { container, codec, folder, signal } = options;
  const why = misfit(codec, container);
  if (why !== undefined) throw new MediaError('UNSUPPORTED', why);
  const plans = Object.freeze(planStreams(info, container, true));
  const { ffmpeg: binary, version } = await findFfmpeg();
  const metadataPath = join(folder, 'film.ffmetadata');
  await writeFile(metadataPath, filmMetadata(info, durationTags(info, container))).catch((thrown: unknown) => {
    throw MediaError.fromOutput(thrown, metadataPath);
  });
  const picture = new FfmpegProcess({
    binary,
    args: pictureArguments(info, container, codec, metadataPath),
    stdin: 'pipe',
    stdout: 'pipe',
    signal,
  });
  const rest = plans.every(({ action }) => action === 'drop')
    ? undefined
    : new FfmpegProcess({
        binary,
        args: restArguments(info, container, plans, version),
        stdin: info.source.kind === 'stream' ? 'pipe' : 'ignore',
        stdout: 'pipe',
        extraPipes: cueStreams(container, plans).length,
        signal,
      });
  return new TwoPartMux(info, plans, { picture, rest, container, metadataPath });
}

interface Parts {
  readonly picture: FfmpegProcess;
  readonly rest: FfmpegProcess | undefined;
  readonly container: MuxContainer;
  readonly metadataPath: string;
}

class TwoPartMux implements FilmMux {
  readonly output: AsyncIterable<Uint8Array>;
  readonly #thread = new SegmentThread();
  readonly #inputs: MuxInputs;
  readonly #feeding: Promise<void>;
  /** What ended the mux; `undefined` when the film is whole. */
  readonly #outcome: Promise<MediaError | undefined>;
  #settle: (failure: MediaError | undefined) => void = neverBefore;
  #adding: Promise<void> = Promise.resolve();
  #added = 0;
  #started = false;

  constructor(
    private readonly info: MediaInfo,
    readonly plans: readonly StreamPlan[],
    private readonly parts: Parts,
  ) {
    const { picture, rest, container } = parts;
    // The end of one that broke off must not pass for its last packet: the other's would follow, and be given out.
    const printed = (child: FfmpegProcess): ByteReader => ByteReader.ofPipe(child.stdout, () => this.#checkExit(child));
    this.#inputs = {
      picture: printed(picture),
      rest: rest === undefined ? undefined : printed(rest),
      hasPulse: pulseOptions(info, container).length > 0,
      cues: new Map(rest === undefined ? [] : cueStreams(container, plans).map(cueTimes(rest))),
    };
    this.#outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#feeding = rest === undefined ? Promise.resolve() : feedSource(info.source, rest);
    // Told to who takes the output; until then it must not count as unhandled.
    this.#feeding.catch((thrown: unknown) => this.#end(MediaError.from(thrown, info.name)));
    for (const child of [picture, rest])
      void child?.ended.then(({ killed }) => {
        if (killed) this.#settle(this.#stopped());
      });
    this.output = { [Symbol.asyncIterator]: () => this.#film() };
  }

  async add(segmentPath: string): Promise<void> {
    const before = this.#adding;
    const step = (async () => {
      await before;
      await this.#feed(segmentPath);
    })();
    this.#added += 1;
    this.#adding = step;
    await step;
  }

  async finish(): Promise<void> {
    await this.#adding;
    if (this.#added === 0) {
      const { name } = this.info;
      await this.#end(new MediaError('FRAME_MISMATCH', `${name}: not one segment was added.`, { path: name }));
    }
    this.parts.picture.stdin.end();
    const failure = await this.#outcome;
    if (failure !== undefined) throw failure;
  }

  async abort(): Promise<void> {
    await this.#end(this.#stopped());
  }

  async #feed(path: string): Promise<void> {
    const { picture } = this.parts;
    try {
      for await (const bytes of this.#thread.bytesOf(path)) {
        if (await writeOrGone(picture.stdin, bytes)) continue;
        const exit = await picture.ended;
        throw (exit.killed ? await this.#outcome : undefined) ?? outputFailure(this.info.name, outputName, exit);
      }
    } catch (thrown) {
      await this.#end(MediaError.from(thrown, path));
      throw thrown;
    }
  }

  async *#film(): AsyncGenerator<Buffer, void, undefined> {
    if (this.#started) throw new MediaError('INVALID_ARGUMENT', 'This film is already being read.');
    this.#started = true;
    try {
      yield* merges[this.parts.container](this.#inputs);
      await this.#feeding;
      this.#settle(undefined);
    } catch (thrown) {
      await this.#end(await this.#cause(thrown));
      throw (await this.#outcome) ?? this.#stopped();
    } finally {
      await this.abort();
    }
  }

  /** An ffmpeg that breaks off may end its output between two whole things. */
  async #checkExit(child: FfmpegProcess): Promise<void> {
    const exit = await child.ended;
    if (!exit.ok) throw outputFailure(this.info.name, outputName, exit);
  }

  /** Why the output broke: the exit of an ffmpeg that ended by itself says it better than what is missing. */
  async #cause(thrown: unknown): Promise<MediaError> {
    for (const child of [this.parts.rest, this.parts.picture]) {
      if (child?.stdout.readableEnded !== true) continue;
      const exit = await child.ended;
      if (!exit.ok && !exit.killed) return outputFailure(this.info.name, outputName, exit);
    }
    return MediaError.from(thrown, this.info.name);
  }

  async #end(failure: MediaError): Promise<void> {
    this.#settle(failure);
    await Promise.all([this.parts.picture.kill(), this.parts.rest?.kill()]);
    await rm(this.parts.metadataPath, { force: true });
  }

  #stopped(): MediaError {
    return new MediaError('ABORTED', `${this.info.name}: stopped on request.`, { path: this.info.name });
  }
}

/** The times of a stream's subtitles as the ffmpeg of the other streams prints them. */
const cueTimes =
  (rest: FfmpegProcess) =>
  ({ track }: { readonly track: number }, place: number): [number, CueTimes] => [
    track,
    new CueTimes(rest.pipe(firstCueDescriptor + place)),
  ];

const outputName = 'the coloured film';

function neverBefore(): void {
  // Replaced before anything can settle.
}
