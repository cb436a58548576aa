import type { Readable } from 'node:stream';
import { listEncoders, planEncode, planStreams, probe, requireWholeStream, Spool } from '@kinemacolor/media';
import { colourPass, makeStages } from './colour-pass.js';
import type { FilmOptions, FilmResult } from './film.js';
import { openEnds } from './open-ends.js';
import { encodeOptions } from './settings.js';
import { shortfall } from './shortfall.js';
import { streamWarnings } from './stream-warnings.js';

export interface FilmStreamOptions extends Pick<
  FilmOptions,
  'colorizer' | 'colour' | 'encode' | 'salvage' | 'signal' | 'onProgress' | 'latency'
> {
  /** A film's path, or its container bytes, read once. */
  readonly input: string | Readable;
  /** A file descriptor that ffmpeg writes to itself, such as 1. */
  readonly output: number;
  readonly container: 'matroska' | 'mp4';
}

/**
 * Colours a film as it streams in and out. Bytes wait on disk until the encoder, which lags behind the decoder, has read
 * them too; an MP4 with its index at the end is kept whole first.
 * @throws MediaError (`TRUNCATED` when the film was cut off, unless `salvage`; what there is has been written by then),
 * PipelineError
 */
export async function colorizeFilmStream(options: FilmStreamOptions): Promise<FilmResult> {
  const { input, output, container, colorizer, colour, encode, salvage, signal, onProgress, latency } = options;
  const spool = typeof input === 'string' ? undefined : await Spool.from(input);
  try {
    const info = await probe(spool === undefined ? { kind: 'file', path: input as string } : { kind: 'stream', spool });
    const stages = makeStages(info, colorizer, colour);
    const target = { kind: 'stream', to: output, container } as const;
    await colorizer.prepare({ ...stages, frames: info.video.expectedFrames, signal });
    const { reader, sink } = await openEnds(info, { stages, colour, encode, target, latency, signal });
    const pass = await colourPass({
      reader,
      sink,
      colorizer,
      stages,
      done: 0,
      total: info.video.expectedFrames,
      onProgress,
      latency,
    });
    // Only now, since a stream cannot be looked through in advance: what there is has been written.
    const { last } = pass;
    const warnings = [
      ...shortfall(() => {
        if (last !== undefined) requireWholeStream(info, last);
      }, salvage),
      ...planEncode(info, encodeOptions(encode), await listEncoders()).notes,
      ...streamWarnings(planStreams(info, container, true)),
      ...(info.spooled ? [LATE_INDEX] : []),
    ];
    return {
      frames: pass.frames,
      colouredFrames: pass.frames,
      shots: pass.shots,
      width: info.video.width,
      height: info.video.height,
      render: { width: stages.width, height: stages.height },
      times: pass.times,
      warnings,
    };
  } finally {
    await spool?.close();
  }
}

const LATE_INDEX = 'The film could not be read as it came (its index is at the end): it was kept on disk first.';
