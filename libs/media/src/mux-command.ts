import { ffmpegArguments } from './ffmpeg-command.js';
import { inputOf } from './input-of.js';
import { matroskaLeadMs } from './matroska-merge.js';
import { mp4Tracks } from './mp4-merge.js';
import { safeUrl } from './safe-input.js';
import { sourceRange } from './source-range.js';
import { streamOptions } from './stream-plan.js';
import { trackTimescale } from './track-timescale.js';
import { picturePid } from './transport-merge.js';
import type { MediaInfo, StreamPlan, VideoCodec } from './types.js';

export type MuxContainer = 'matroska' | 'mp4' | 'mpegts';

/** The ffmpeg that brings the segments, which come on standard input, into the film's container with its tags. */
export function pictureArguments(
  info: MediaInfo,
  container: MuxContainer,
  codec: VideoCodec,
  metadataPath: string,
): string[] {
  const isFull = !info.video.pixelFormat.isRgb && sourceRange(info.video) === 'full';
  return ffmpegArguments({
    inputs: [
      // Without parsers: segments say all that those would find out, and with two inputs ffmpeg 5.1 crashes at times when
      // it closes one.
      {
        url: 'pipe:0',
        options: ['-protocol_whitelist', 'pipe', '-copyts', '-fflags', '+noparse+nofillin', '-f', 'mov'],
      },
      { url: safeUrl(metadataPath), options: ['-protocol_whitelist', 'file', '-f', 'ffmetadata'] },
    ],
    outputs: [
      {
        url: 'pipe:1',
        options: [
          ...['-map', '0:v:0', '-c:0', 'copy', '-copypriorss:0', '1'],
          ...['-map_metadata', '1', '-map_metadata:s:0', '1:s:0', '-map_chapters', '1', '-disposition:0', 'default'],
          // A segment has no place for the range of FFV1: it is said again here.
          ...(isFull ? ['-color_range:0', 'pc'] : []),
          ...(container === 'mp4' && codec === 'hevc' ? ['-tag:0', 'hvc1'] : []),
          ...trackNumbers(container, [], 1),
          ...containerOptions(info, container),
        ],
      },
    ],
  });
}

/** The ffmpeg that brings all other streams into the same container. It reads the source anew. */
export function restArguments(
  info: MediaInfo,
  container: MuxContainer,
  plans: readonly StreamPlan[],
  ffmpegVersion: string,
): string[] {
  const pulse = pulseOptions(info, container);
  const first = pulse.length === 0 ? 0 : 1;
  const moved = movedOptions(info, container);
  return ffmpegArguments({
    inputs: [inputOf(info.source, ['-copyts', '-max_error_rate', '1'])],
    outputs: [
      {
        url: 'pipe:1',
        options: [
          ...pulse,
          ...streamOptions(plans, info, container, 0, first),
          // Nothing comes before the beginning of such a source, but rounding says so of its first sound.
          ...(info.startTime > 0 ? ['-copypriorss', '1'] : []),
          ...['-map_metadata', '-1', '-map_chapters', '-1', '-flags', '+bitexact'],
          ...['-max_interleave_delta', String(patience(plans, ffmpegVersion) * 1e6), '-max_muxing_queue_size', '4096'],
          ...trackNumbers(container, plans, first),
          ...containerOptions(info, container),
        ],
      },
      ...cueStreams(container, plans).map(({ index, encoder }, place) => ({
        url: `pipe:${firstCueDescriptor + place}`,
        options: ['-map', `0:${index}`, '-c', encoder, '-map_metadata', '-1', ...moved, '-f', 'framecrc'],
      })),
    ],
  });
}

/** Where ffmpeg prints the times of the first of `cueStreams`; the others' follow. */
export const firstCueDescriptor = 3;

/**
 * Subtitles that are converted for MP4: what ffmpeg knows of their durations gets lost in its fragments, so it prints
 * that apart. `track` is the number in MP4, `index` the one in the source.
 */
export function cueStreams(
  container: MuxContainer,
  plans: readonly StreamPlan[],
): { readonly track: number; readonly index: number; readonly encoder: string }[] {
  if (container !== 'mp4') return [];
  const kept = plans.filter(({ action }) => action !== 'drop');
  return kept.flatMap(({ stream, encoder }, place) =>
    stream.kind === 'subtitle' && encoder !== undefined
      ? [{ track: mp4Tracks.firstOther + place, index: stream.index, encoder }]
      : [],
  );
}

/**
 * Seconds of film for which what comes seldom (subtitles, a sound that begins late) holds back the rest. From version 7
 * on, ffmpeg converts in threads of their own, which fall behind what is copied by as much as the machine is busy: the
 * order would hang on that, where the rest does not wait long.
 */
function patience(plans: readonly StreamPlan[], ffmpegVersion: string): number {
  const major = Number.parseInt(ffmpegVersion);
  const inThreads = !(major < 7);
  return inThreads && plans.some(({ action }) => action === 'transcode') ? 30 : 2;
}

const pulseCodecs: Readonly<Record<MuxContainer, RegExp>> = {
  mp4: /^(h264|hevc|av1|vp9)$/,
  matroska: /^(h264|hevc|av1|vp8|vp9|mpeg4|mpeg[12]video|mjpeg|ffv1|prores)$/,
  mpegts: /^(h264|hevc|av1|vp8|vp9|mpeg4|mpeg[12]video|mjpeg|ffv1|prores)$/,
};

/**
 * The pulse: one of the source's own pictures in every second, as output stream 0. It is thrown away again, but says
 * how far the source was read, where there is no sound for long. Without one (a codec that the container does not know)
 * the film waits for the next packet of its other streams.
 */
export function pulseOptions({ video }: MediaInfo, container: MuxContainer): string[] {
  if (!pulseCodecs[container].test(video.codec)) return [];
  const { num, den } = video.averageFrameRate ?? { num: 25, den: 1 };
  const every = Math.min(60, Math.max(1, Math.round(num / den)));
  // With one disposition given, ffmpeg leaves those of the other streams as they are.
  const asIs = ['-disposition:0', 'default'];
  return ['-map', `0:${video.index}`, '-c:0', 'copy', ...asIs, '-bsf:0', `noise=amount=0:drop=mod(n\\,${every})`];
}

/** Numbers that are the picture's in no case. Matroska's are changed when both are merged. */
function trackNumbers(container: MuxContainer, plans: readonly StreamPlan[], first: number): string[] {
  if (container === 'matroska') return [];
  const firstOther = container === 'mp4' ? mp4Tracks.firstOther : picturePid + 1;
  const pulse = first === 0 ? [] : [container === 'mp4' ? mp4Tracks.pictureOrPulse : picturePid];
  const kept = plans.filter(({ action }) => action !== 'drop');
  return [...pulse, ...kept.map((_, place) => firstOther + place)].flatMap((id, stream) => [
    '-streamid',
    `${stream}:${id}`,
  ]);
}

/** The same for all, so that their times agree: each begins where the film does, and none moves itself. */
function movedOptions(info: MediaInfo, container: MuxContainer): string[] {
  const lead = container === 'matroska' ? matroskaLeadMs / 1000 : 0;
  return [
    ...['-output_ts_offset', (lead - info.startTime).toFixed(6), '-avoid_negative_ts', 'disabled'],
    ...['-fflags', '+bitexact', '-strict', '-2', '-flush_packets', '1'],
  ];
}

function containerOptions(info: MediaInfo, container: MuxContainer): string[] {
  const timescale = trackTimescale(info.video.timeBase);
  const own: Readonly<Record<MuxContainer, readonly string[]>> = {
    matroska: ['-cluster_time_limit', '500', '-write_crc32', '0'],
    mp4: [
      // Edit lists, which hold the streams' offsets, count in the movie's time scale: a coarse one would move the sound.
      ...['-movie_timescale', String(timescale * Math.max(1, Math.ceil(90_000 / timescale)))],
      ...['-video_track_timescale', String(timescale), '-use_stream_ids_as_track_ids', '1'],
      // Fragments of a second, each of one track, so that those of both can be brought into one order.
      ...['-frag_duration', '1000000', '-movflags'],
      '+frag_keyframe+empty_moov+default_base_moof+delay_moov+separate_moof+skip_trailer',
    ],
    mpegts: [],
  };
  return [...movedOptions(info, container), ...own[container], '-f', container];
}
