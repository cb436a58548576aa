import { ColorizeSettings, Container, Duration, PoisonPolicy, Subsampling } from '@kinemacolor/contracts';
import { durationMs } from '@kinemacolor/jobs';
import { ServerError, Status } from 'nice-grpc';

/** Codecs by the containers that can hold them while they are still being written, as `checkCodec` of libs/media has them. */
export const CODECS_IN: Readonly<Record<'MATROSKA' | 'FRAGMENTED_MP4' | 'MPEG_TS', readonly string[]>> = {
  MATROSKA: ['h264', 'hevc', 'av1', 'ffv1', 'prores'],
  FRAGMENTED_MP4: ['h264', 'hevc', 'av1'],
  MPEG_TS: ['h264', 'hevc'],
};
const CODECS = CODECS_IN.MATROSKA;
const MOST_CRF: Readonly<Record<string, number>> = { h264: 51, hevc: 51 };

/** @throws ServerError `INVALID_ARGUMENT` that names the field */
export const refuse = (field: string, why: string): never => {
  throw new ServerError(Status.INVALID_ARGUMENT, `${field}: ${why}`);
};

/**
 * The settings of a job with the codec and the container filled in; the model is looked at elsewhere.
 * @throws ServerError `INVALID_ARGUMENT` that names the field
 */
export function checkSettings(given: ColorizeSettings | undefined): ColorizeSettings {
  const settings = ColorizeSettings.create(given ?? {});
  const { renderSize, saturation, stabilize, crf, preset } = settings;
  inRange('settings.render_size', renderSize, 64, 1024);
  inRange('settings.saturation', saturation, 0, 4);
  inRange('settings.stabilize', stabilize, 0, 0.95);
  const codec = settings.codec === '' ? 'h264' : settings.codec;
  if (!CODECS.includes(codec)) refuse('settings.codec', `${shown(codec)} is none of ${CODECS.join(', ')}.`);
  inRange('settings.crf', crf, 0, MOST_CRF[codec] ?? 63);
  checkPreset(codec, preset);
  inEnum('settings.subsampling', Subsampling, settings.subsampling);
  inEnum('settings.container', Container, settings.container);
  inEnum('settings.poison', PoisonPolicy, settings.poison);
  const container = settings.container === Container.UNSPECIFIED ? Container.MATROSKA : settings.container;
  const holds = CODECS_IN[Container[container] as keyof typeof CODECS_IN];
  if (!holds.includes(codec)) {
    refuse('settings.container', `${Container[container]} cannot hold ${codec} while it is being written. Choose ${holds.join(' or ')} for it, or CONTAINER_MATROSKA.`); // prettier-ignore
  }
  return { ...settings, codec, container };
}

const OF_X264 = ['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium', 'slow', 'slower', 'veryslow', 'placebo']; // prettier-ignore
/** What the encoders of a codec know, whichever of them the service has. It becomes an argument of ffmpeg. */
const PRESETS: Readonly<Record<string, readonly string[]>> = {
  h264: OF_X264,
  hevc: OF_X264,
  av1: Array.from({ length: 14 }, (_, i) => String(i)),
};

function checkPreset(codec: string, preset: string): void {
  const known = PRESETS[codec];
  if (preset === '' || known?.includes(preset) === true) return;
  const what =
    known === undefined ? `${codec} has none.` : `${shown(preset)} is none of ${codec}: ${known.join(', ')}.`;
  refuse('settings.preset', what);
}

const LONGEST_LABEL = 200;

/** @throws ServerError `INVALID_ARGUMENT` */
export function checkLabel(label: string): void {
  if (Array.from(label).length > LONGEST_LABEL) refuse('label', `It has more than ${LONGEST_LABEL} characters.`);
  // It is shown in terminals, also those of others.
  if (/\p{Cc}/u.test(label)) refuse('label', 'It has control characters.');
}

/**
 * A span of time in milliseconds.
 * @throws ServerError `INVALID_ARGUMENT` unless it is positive and at most `mostMs`
 */
export function checkDuration(field: string, given: Duration | undefined, mostMs: number): number | undefined {
  if (given === undefined) return undefined;
  const ms = durationMs(given);
  if (!(ms > 0 && ms <= mostMs)) refuse(field, `It must be more than 0 and at most ${mostMs / 1000} seconds.`);
  return ms;
}

/** Milliseconds as protobuf has them. */
export const durationOf = (ms: number): Duration =>
  Duration.create({ seconds: Math.floor(ms / 1000), nanos: Math.round((ms % 1000) * 1e6) });

function inRange(field: string, value: number | undefined, least: number, most: number): void {
  if (value !== undefined && !(value >= least && value <= most))
    refuse(field, `${value} is not within ${least} to ${most}.`);
}

function inEnum(field: string, names: Readonly<Record<number, string>>, value: number): void {
  if (names[value] === undefined) refuse(field, `${value} is no value of it.`);
}

/** What somebody sent, for a message: short, and quoted. */
const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
