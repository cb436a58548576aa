import { MediaError } from './media-error.js';
import { parsePixelFormat } from './pixel-format.js';
import type {
  Chapter,
  ColourRange,
  MediaInfo,
  MediaSource,
  OtherStream,
  OtherStreamKind,
  Rational,
  VideoStream,
} from './types.js';

/** The part of ffprobe's JSON that is read; everything may be missing. */
export interface ProbeAnswer {
  readonly format?: {
    readonly format_name?: string;
    readonly start_time?: string;
    readonly duration?: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
  readonly streams?: readonly ProbeStream[];
  readonly chapters?: readonly ProbeChapter[];
}

interface ProbeChapter {
  readonly time_base?: string;
  readonly start?: number;
  readonly end?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

interface ProbeStream {
  readonly index: number;
  readonly codec_type?: string;
  readonly codec_name?: string;
  readonly codec_tag_string?: string;
  readonly width?: number;
  readonly height?: number;
  readonly pix_fmt?: string;
  readonly sample_aspect_ratio?: string;
  readonly time_base?: string;
  readonly avg_frame_rate?: string;
  readonly start_time?: string;
  readonly duration?: string;
  readonly nb_frames?: string;
  readonly color_space?: string;
  readonly color_primaries?: string;
  readonly color_transfer?: string;
  readonly color_range?: string;
  readonly field_order?: string;
  readonly disposition?: Readonly<Record<string, number>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly side_data_list?: readonly { readonly rotation?: number }[];
}

export interface AnswerContext {
  readonly source: MediaSource;
  readonly name: string;
  readonly size: number | undefined;
  readonly spooled: boolean;
}

/** What ffprobe said, as a `MediaInfo`. @throws MediaError `NO_VIDEO` when there is no picture stream, `DAMAGED` when it cannot be understood. */
export function readAnswer(answer: ProbeAnswer, context: AnswerContext): MediaInfo {
  const streams = answer.streams ?? [];
  const main = streams.find((stream) => kindOf(stream) === 'video');
  if (main === undefined) throw noVideo(streams, context.name);
  const duration = number(answer.format?.duration);
  return Object.freeze({
    source: context.source,
    name: context.name,
    container: answer.format?.format_name ?? 'unknown',
    startTime: number(answer.format?.start_time) ?? 0,
    duration,
    size: context.size,
    tags: Object.freeze({ ...answer.format?.tags }),
    video: videoStream(main, duration, context.name),
    others: Object.freeze(streams.filter((stream) => stream !== main).map(otherStream)),
    chapters: answer.chapters?.length ?? 0,
    chapterList: Object.freeze((answer.chapters ?? []).map(chapter)),
    spooled: context.spooled,
  });
}

function noVideo(streams: readonly ProbeStream[], name: string): MediaError {
  const found = [...new Set(streams.map(kindOf))].join(', ');
  const what = found === '' ? 'nothing' : `only ${found}`;
  return new MediaError('NO_VIDEO', `${name}: there is no picture in it, ${what}. Give a file with a video stream.`, {
    path: name,
  });
}

function videoStream(stream: ProbeStream, duration: number | undefined, name: string): VideoStream {
  const { width, height } = stream;
  if (width === undefined || height === undefined || width < 1 || height < 1 || stream.pix_fmt === undefined) {
    throw new MediaError(
      'DAMAGED',
      `${name}: the pictures cannot be decoded (no size or pixel format found). Check that it plays elsewhere.`,
      { path: name },
    );
  }
  const rotation = clockwise(stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0);
  const turned = rotation % 180 === 90;
  const sar = rational(stream.sample_aspect_ratio) ?? { num: 1, den: 1 };
  const averageFrameRate = rational(stream.avg_frame_rate);
  const frameCount = number(stream.nb_frames);
  const seconds = number(stream.duration) ?? duration;
  const byRate =
    seconds !== undefined && averageFrameRate !== undefined
      ? Math.round((seconds * averageFrameRate.num) / averageFrameRate.den)
      : undefined;
  return Object.freeze({
    index: stream.index,
    codec: stream.codec_name ?? 'unknown',
    width: turned ? height : width,
    height: turned ? width : height,
    rotation,
    sampleAspectRatio: Object.freeze(turned ? { num: sar.den, den: sar.num } : sar),
    pixelFormat: parsePixelFormat(stream.pix_fmt),
    timeBase: Object.freeze(rational(stream.time_base) ?? { num: 1, den: 90_000 }),
    averageFrameRate,
    startTime: number(stream.start_time),
    duration: number(stream.duration) ?? clock(stream.tags?.['DURATION']),
    frameCount,
    expectedFrames: frameCount ?? byRate,
    colour: Object.freeze({
      space: known(stream.color_space),
      primaries: known(stream.color_primaries),
      transfer: known(stream.color_transfer),
      range: range(stream.color_range),
    }),
    fieldOrder: stream.field_order ?? 'unknown',
    tags: Object.freeze({ ...stream.tags }),
  });
}

function otherStream(stream: ProbeStream): OtherStream {
  return Object.freeze({
    index: stream.index,
    kind: kindOf(stream),
    codec: stream.codec_name ?? stream.codec_tag_string ?? 'unknown',
    language: stream.tags?.['language'],
    title: stream.tags?.['title'],
  });
}

function kindOf(stream: ProbeStream): OtherStreamKind {
  switch (stream.codec_type) {
    case 'video':
      return stream.disposition?.['attached_pic'] === 1 ? 'cover' : 'video';
    case 'audio':
    case 'subtitle':
    case 'attachment':
      return stream.codec_type;
    default:
      return 'data';
  }
}

function chapter({ time_base, start = 0, end = start, tags }: ProbeChapter): Chapter {
  return Object.freeze({
    start,
    end,
    timeBase: Object.freeze(rational(time_base) ?? { num: 1, den: 1000 }),
    tags: Object.freeze({ ...tags }),
  });
}

/** ffprobe gives the matrix's turn counter-clockwise, −180 to 180. */
function clockwise(counterClockwise: number): number {
  const turn = Math.round(-counterClockwise / 90) * 90;
  return ((turn % 360) + 360) % 360;
}

function rational(text: string | undefined): Rational | undefined {
  const parts = /^(\d+)[/:](\d+)$/.exec(text ?? '');
  const num = Number(parts?.[1] ?? 0);
  const den = Number(parts?.[2] ?? 0);
  return num > 0 && den > 0 ? Object.freeze({ num, den }) : undefined;
}

function number(text: string | undefined): number | undefined {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

/** Matroska's tag: `01:02:03.456000000` as seconds. */
function clock(text: string | undefined): number | undefined {
  const parts = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text ?? '');
  return parts === null ? undefined : Number(parts[1]) * 3600 + Number(parts[2]) * 60 + Number(parts[3]);
}

function known(text: string | undefined): string | undefined {
  return text === undefined || text === 'unknown' || text === 'reserved' ? undefined : text;
}

function range(text: string | undefined): ColourRange | undefined {
  if (text === 'tv') return 'limited';
  return text === 'pc' ? 'full' : undefined;
}
