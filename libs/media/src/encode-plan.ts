import { sourceMatrix, type ColourMatrix } from './chroma-table.js';
import { encodersOf } from './encoders.js';
import { MediaError } from './media-error.js';
import { sourceRange } from './source-range.js';
import type { ColourRange, ColourTags, EncodeOptions, MediaInfo, PixelFormat, VideoCodec } from './types.js';

type TargetSubsampling = '420' | '422' | '444';

/** Everything about the picture that is decided before ffmpeg starts. */
export interface EncodePlan {
  readonly codec: VideoCodec;
  /** ffmpeg's encoder name. */
  readonly encoder: string;
  /** Filters from the decoded source to one grey plane that is the film's luma. */
  readonly lumaFilters: readonly string[];
  /** ffmpeg's pixel format of the result, such as `yuv420p10le`. */
  readonly pixelFormat: string;
  readonly bitDepth: number;
  readonly chromaWidth: number;
  readonly chromaHeight: number;
  readonly matrix: ColourMatrix;
  readonly range: ColourRange;
  /** Tags that the result carries. */
  readonly tags: ColourTags;
  /** True when the encoder gets exactly the decoded luma; false after a change of bit depth or from RGB. */
  readonly lumaIdentical: boolean;
  /** What the user should know, in plain sentences. */
  readonly notes: readonly string[];
}

const depths: Readonly<Record<string, readonly number[]>> = {
  libx264: [8, 10],
  libx265: [8, 10, 12],
  libsvtav1: [8, 10],
  'libaom-av1': [8, 10, 12],
  ffv1: [8, 9, 10, 12, 14, 16],
  prores_ks: [10],
};

/**
 * How a film will be encoded. The picture's size, luma and range stay; colour tags stay as they are, and what is
 * absent stays absent, because then a player guesses for the result what it guessed for the source. Two exceptions,
 * where the source's pixels mean something that a colour film must say: full-range grey is tagged full, and RGB is
 * turned into limited YUV once and its matrix is tagged.
 * @throws MediaError `UNSUPPORTED` when this ffmpeg lacks the encoder or the codec cannot hold the picture.
 */
export function planEncode(info: MediaInfo, options: EncodeOptions, encoders: ReadonlySet<string>): EncodePlan {
  const codec = options.codec ?? 'h264';
  const { pixelFormat: source, width, height } = info.video;
  const notes: string[] = [];
  let subsampling = wantedSubsampling(codec, options, source);
  const odd = width % 2 === 1 || height % 2 === 1;
  const encoder = chooseEncoder(codec, encoders, { subsampling, odd, width, height, bitDepth: source.bitDepth });
  if (encoder === 'prores_ks' && subsampling === '420') subsampling = '422';
  if (odd && subsampling !== '444' && (encoder === 'libx264' || encoder === 'libx265')) {
    subsampling = '444';
    notes.push(
      `${width} × ${height} pixels are an odd size, so the colour is stored in full resolution (4:4:4); some players cannot show that.`,
    );
  }
  const range = source.isRgb ? 'limited' : sourceRange(info.video);
  const matrix = sourceMatrix(info.video);
  const possible = depths[encoder] ?? [8];
  const bitDepth = possible.find((depth) => depth >= source.bitDepth) ?? possible.at(-1) ?? 8;
  if (bitDepth < source.bitDepth)
    notes.push(`${codec} holds ${bitDepth} bits a sample at most; the source's ${source.bitDepth} are reduced.`);
  return Object.freeze({
    codec,
    encoder,
    lumaFilters: lumaFilters(source, bitDepth, range, matrix),
    pixelFormat: `yuv${subsampling}p${bitDepth === 8 ? '' : `${bitDepth}le`}`,
    bitDepth,
    chromaWidth: subsampling === '444' ? width : Math.ceil(width / 2),
    chromaHeight: subsampling === '420' ? Math.ceil(height / 2) : height,
    matrix,
    range,
    tags: Object.freeze(resultTags(info, range, matrix)),
    lumaIdentical: !source.isRgb && bitDepth === source.bitDepth,
    notes: Object.freeze(notes),
  });
}

function wantedSubsampling(codec: VideoCodec, options: EncodeOptions, source: PixelFormat): TargetSubsampling {
  const wanted = options.subsampling ?? (codec === 'ffv1' || codec === 'prores' ? 'source' : '420');
  if (wanted !== 'source') return wanted;
  if (source.isRgb || source.subsampling === '444' || source.subsampling === '440') return '444';
  return source.subsampling === '422' ? '422' : '420';
}

interface Picture {
  readonly subsampling: TargetSubsampling;
  readonly odd: boolean;
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
}

function chooseEncoder(codec: VideoCodec, encoders: ReadonlySet<string>, picture: Picture): string {
  const present = encodersOf[codec].filter((name) => encoders.has(name));
  if (present.length === 0) {
    throw new MediaError(
      'UNSUPPORTED',
      `This ffmpeg has no encoder for ${codec} (${encodersOf[codec].join(' or ')}). Choose another codec or install a fuller ffmpeg.`,
    );
  }
  const chosen = present.find((name) => name !== 'libsvtav1' || fitsSvt(picture));
  if (chosen !== undefined) return chosen;
  throw new MediaError(
    'UNSUPPORTED',
    `libsvtav1 cannot hold ${picture.width} × ${picture.height} pixels in 4:${picture.subsampling[1] ?? ''}:${picture.subsampling[2] ?? ''}, and this ffmpeg has no libaom-av1. Choose another codec.`,
  );
}

/** SVT-AV1 takes 4:2:0 of even size only, and hangs on very small pictures. */
function fitsSvt({ subsampling, odd, width, height, bitDepth }: Picture): boolean {
  return subsampling === '420' && !odd && width >= 128 && height >= 128 && bitDepth <= 10;
}

function lumaFilters(source: PixelFormat, depth: number, range: ColourRange, matrix: ColourMatrix): readonly string[] {
  const gray = (bits: number): string => `format=gray${bits === 8 ? '' : `${bits}le`}`;
  if (source.isGray) return source.bitDepth === depth ? [gray(depth)] : [gray(source.bitDepth), gray(depth)];
  const suffix = depth === 8 ? '' : `${depth}le`;
  if (source.isRgb) {
    return [`scale=out_color_matrix=${matrix}:out_range=limited`, `format=yuv444p${suffix}`, 'extractplanes=y'];
  }
  if (source.bitDepth === depth) return [`format=${planarForm(source, depth)}`, 'extractplanes=y'];
  // swscale shifts limited samples and stretches full ones; the first it does on YUV, the second on grey.
  if (range === 'limited') return [`format=yuv${source.subsampling}p${suffix}`, 'extractplanes=y'];
  return [`format=${planarForm(source, source.bitDepth)}`, 'extractplanes=y', gray(depth)];
}

/** The planar layout with the same samples; `yuvj` stays `yuvj`, since a conversion would change its range. */
function planarForm(source: PixelFormat, depth: number): string {
  if (/^yuvj?a?\d{3}p(\d+le)?$/.test(source.name)) return source.name;
  const letter = source.name.startsWith('yuva') ? 'yuva' : 'yuv';
  return `${letter}${source.subsampling}p${depth === 8 ? '' : `${depth}le`}`;
}

function resultTags(info: MediaInfo, range: ColourRange, matrix: ColourMatrix): ColourTags {
  const { colour, pixelFormat } = info.video;
  if (pixelFormat.isRgb) {
    return {
      ...colour,
      space: { bt601: 'smpte170m', bt709: 'bt709', bt2020: 'bt2020nc', smpte240m: 'smpte240m' }[matrix],
      range: 'limited',
    };
  }
  const space = ['bt709', 'bt470bg', 'smpte170m', 'fcc', 'bt2020nc', 'bt2020c', 'smpte240m'].includes(
    colour.space ?? '',
  )
    ? colour.space
    : undefined;
  return { ...colour, space, range: range === 'full' ? 'full' : colour.range };
}
