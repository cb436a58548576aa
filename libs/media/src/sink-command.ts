import { chromaGraph } from './chroma-graph.js';
import type { EncodePlan } from './encode-plan.js';
import { encoderOptions } from './encoder-options.js';
import { ffmpegArguments, type CommandOutput } from './ffmpeg-command.js';
import { durationTags } from './film-metadata.js';
import { inputOf } from './input-of.js';
import { partFormat } from './part-comment.js';
import { planStreams, streamOptions } from './stream-plan.js';
import { trackTimescale } from './track-timescale.js';
import type { ChromaOptions, MediaInfo, VideoStream } from './types.js';

export const defaultSegmentFrames = 240;

/** Arguments of the ffmpeg that merges and encodes: chroma on descriptor 3, progress on 4, luma times on 5. */
export function sinkArguments(
  info: MediaInfo,
  options: ChromaOptions,
  plan: EncodePlan,
  { startFrame, output }: { readonly startFrame: number; readonly output: CommandOutput },
): string[] {
  const { video } = info;
  const picture = [
    '-map',
    '[film]',
    ...encoderOptions(plan, options, video, options.segmentFrames ?? defaultSegmentFrames),
    '-fps_mode',
    'passthrough',
    '-enc_time_base',
    `${video.timeBase.num}/${video.timeBase.den}`,
  ];
  return ffmpegArguments({
    inputs: [
      inputOf(info.source, ['-reinit_filter', '0', '-copyts', '-max_error_rate', '1']),
      {
        url: 'pipe:3',
        options: [
          '-protocol_whitelist',
          'pipe',
          '-f',
          'ivf',
          '-probesize',
          '32',
          '-analyzeduration',
          '0',
          '-thread_queue_size',
          '8',
        ],
      },
    ],
    filterGraph: chromaGraph(video, plan, startFrame, 5),
    outputs: [{ url: output.url, options: [...picture, ...output.options] }],
    progressDescriptor: 4,
  });
}

/** A film of the picture alone in fragments, so that what is written can be read whatever comes after. */
export function fragmentedOptions(plan: EncodePlan, video: VideoStream): string[] {
  return [
    '-map_metadata',
    '-1',
    '-map_chapters',
    '-1',
    '-video_track_timescale',
    String(trackTimescale(video.timeBase)),
    ...(plan.codec === 'hevc' ? ['-tag:v:0', 'hvc1'] : []),
    '-movflags',
    '+frag_keyframe+empty_moov+default_base_moof',
    '-flush_packets',
    '1',
    '-f',
    partFormat(plan.codec),
  ];
}

export function wholeFilmOptions(info: MediaInfo, plan: EncodePlan, container: 'matroska' | 'mp4'): string[] {
  const start = info.startTime === 0 ? [] : ['-output_ts_offset', (-info.startTime).toFixed(6)];
  const form =
    container === 'mp4'
      ? [
          '-video_track_timescale',
          String(trackTimescale(info.video.timeBase)),
          '-movflags',
          '+frag_keyframe+empty_moov+default_base_moof+delay_moov',
          ...(plan.codec === 'hevc' ? ['-tag:v:0', 'hvc1'] : []),
        ]
      : ['-cluster_time_limit', '2000'];
  return [
    ...streamOptions(planStreams(info, container, true), info, container, 0),
    '-map_metadata',
    '0',
    ...Object.entries(durationTags(info, container)).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]),
    '-map_metadata:s:v:0',
    `0:s:${info.video.index}`,
    '-map_chapters',
    '0',
    '-disposition:v:0',
    'default',
    '-max_muxing_queue_size',
    '4096',
    '-strict',
    '-2',
    ...start,
    ...form,
    '-f',
    container,
  ];
}
