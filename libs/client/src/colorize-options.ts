import {
  ColorizeSettings,
  Container,
  LiveOptions,
  PoisonPolicy,
  Subsampling,
  type Duration,
} from '@kinemacolor/contracts';
import { ClientError } from './client-error.js';

/** How a film is to be coloured and encoded. What is left out is up to the service. */
export interface ColorizeOptions {
  /** A model of the service's store by name. */
  readonly model?: string | undefined;
  /** Short side at which the generator sees the film, pixels. Default: the model's own. */
  readonly renderSize?: number | undefined;
  /** Distance from grey: 1 as the model paints, 0 grey. Default 1. */
  readonly saturation?: number | undefined;
  /** Smoothing of the colours over time within a shot, 0 (off) to 0.95. Default 0.7. */
  readonly stabilize?: number | undefined;
  /** Default `h264`. */
  readonly codec?: 'h264' | 'hevc' | 'av1' | 'ffv1' | 'prores' | undefined;
  /** The encoder's quality, lower is better. */
  readonly crf?: number | undefined;
  /** The encoder's speed preset, such as `veryfast`. */
  readonly preset?: string | undefined;
  /** Chroma subsampling of the result. Default `420`, and `source` for lossless codecs. */
  readonly subsampling?: '420' | '422' | '444' | 'source' | undefined;
  /** Default `matroska`. `mp4` is fragmented: each can be read while it is still being written. */
  readonly container?: 'matroska' | 'mp4' | 'mpegts' | undefined;
  /** What becomes of a frame that ends every worker that takes it: the job fails (default), or the frame stays grey. */
  readonly poison?: 'fail' | 'grey' | undefined;
  /** The caller's own words for the job, 200 characters at most. */
  readonly label?: string | undefined;
}

/** A source without an end: bounded delay rather than every colour. */
export interface LiveSource {
  /** Most that a frame may wait for its colours before it gets those of an earlier one, milliseconds. Default 2000. */
  readonly maxDelayMs?: number | undefined;
}

const SUBSAMPLINGS = {
  '420': Subsampling.YUV420,
  '422': Subsampling.YUV422,
  '444': Subsampling.YUV444,
  source: Subsampling.SOURCE,
};
const CONTAINERS = {
  matroska: Container.MATROSKA,
  mp4: Container.FRAGMENTED_MP4,
  mpegts: Container.MPEG_TS,
};
const POISONS = { fail: PoisonPolicy.FAIL, grey: PoisonPolicy.GREY };

/** The options as the wire has them. @throws ClientError `INVALID_ARGUMENT` for a word that is not known */
export function toSettings(options: ColorizeOptions): ColorizeSettings {
  const { model, renderSize, saturation, stabilize, codec, crf, preset, subsampling, container, poison } = options;
  return ColorizeSettings.create({
    ...given({ model, renderSize, saturation, stabilize, codec, crf, preset }),
    subsampling: meant('subsampling', SUBSAMPLINGS, subsampling) ?? Subsampling.UNSPECIFIED,
    container: meant('container', CONTAINERS, container) ?? Container.UNSPECIFIED,
    poison: meant('poison', POISONS, poison) ?? PoisonPolicy.UNSPECIFIED,
  });
}

/** The wire's settings as options, without what was not set. */
export function fromSettings(settings: ColorizeSettings): ColorizeOptions {
  const { model, renderSize, saturation, stabilize, codec, crf, preset, subsampling, container, poison } = settings;
  const words = {
    model: model === '' ? undefined : model,
    codec: codec === '' ? undefined : (codec as ColorizeOptions['codec']),
    preset: preset === '' ? undefined : preset,
    subsampling: wordOf(SUBSAMPLINGS, subsampling),
    container: wordOf(CONTAINERS, container),
    poison: wordOf(POISONS, poison),
  };
  return given({ ...words, renderSize, saturation, stabilize, crf });
}

export function toLive(live: LiveSource | undefined): LiveOptions | undefined {
  if (live === undefined) return undefined;
  return LiveOptions.create(live.maxDelayMs === undefined ? {} : { maxDelay: toDuration(live.maxDelayMs) });
}

export function toDuration(ms: number): Duration {
  const seconds = Math.trunc(ms / 1000);
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

/** Seconds. */
export const fromDuration = ({ seconds, nanos }: Duration): number => seconds + nanos / 1e9;

function given<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };
}

function meant<Words extends object>(
  name: string,
  words: Words,
  word: keyof Words | undefined,
): Words[keyof Words] | undefined {
  if (word === undefined) return undefined;
  if (Object.hasOwn(words, word)) return words[word];
  throw new ClientError('INVALID_ARGUMENT', `${name} is ${Object.keys(words).join(', ')}, not "${String(word)}".`);
}

function wordOf<Word extends string>(words: Readonly<Record<Word, number>>, number: number): Word | undefined {
  return (Object.keys(words) as Word[]).find((word) => words[word] === number);
}
