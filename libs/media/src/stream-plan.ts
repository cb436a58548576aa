import type { MediaInfo, OtherStream, StreamPlan, TargetContainer } from './types.js';

interface Rules {
  readonly audio: RegExp;
  /** Encoder for sound that the container cannot hold. */
  readonly audioEncoder: (codec: string) => string;
  readonly subtitle: RegExp;
  /** Encoder for text subtitles of another kind; `undefined` when it holds none. */
  readonly textEncoder: string | undefined;
  readonly attachments: boolean;
  readonly covers: boolean;
}

const textSubtitles =
  /^(subrip|srt|ass|ssa|webvtt|mov_text|text|microdvd|subviewer|sami|realtext|stl|jacosub|mpl2|vplayer)$/;
const lossless = (codec: string): boolean => /^(pcm_|flac|alac|truehd|mlp|tta|wavpack|ape)/.test(codec);

const rules: Readonly<Record<TargetContainer, Rules>> = {
  mp4: {
    audio: /^(aac|ac3|eac3|mp3|mp2|alac|opus|flac|dts)$/,
    audioEncoder: (codec) => (lossless(codec) ? 'flac' : 'aac'),
    subtitle: /^(mov_text|dvd_subtitle)$/,
    textEncoder: 'mov_text',
    attachments: false,
    covers: true,
  },
  mov: {
    audio: /^(aac|ac3|eac3|mp3|mp2|alac|pcm_(s16|s24|s32|f32|f64)[lb]e|pcm_u8|pcm_s8|pcm_mulaw|pcm_alaw)$/,
    audioEncoder: (codec) => (lossless(codec) ? 'pcm_s24le' : 'aac'),
    subtitle: /^mov_text$/,
    textEncoder: 'mov_text',
    attachments: false,
    covers: false,
  },
  matroska: {
    audio:
      /^(aac|ac3|eac3|mp3|mp2|alac|opus|flac|dts|vorbis|truehd|mlp|tta|wavpack|pcm_(s16|s24|s32)[lb]e|pcm_u8|pcm_f(32|64)le|wmav[12]|cook|ra_\d+)$/,
    audioEncoder: () => 'flac',
    subtitle: /^(subrip|srt|ass|ssa|webvtt|hdmv_pgs_subtitle|dvd_subtitle|dvb_subtitle|text)$/,
    textEncoder: 'srt',
    attachments: true,
    covers: true,
  },
  webm: {
    audio: /^(opus|vorbis)$/,
    audioEncoder: () => 'libopus',
    subtitle: /^webvtt$/,
    textEncoder: 'webvtt',
    attachments: false,
    covers: false,
  },
  avi: {
    audio: /^(aac|ac3|mp3|mp2|dts|pcm_(s16|s24|s32)le|pcm_u8)$/,
    audioEncoder: (codec) => (lossless(codec) ? 'pcm_s16le' : 'ac3'),
    subtitle: /^$/,
    textEncoder: undefined,
    attachments: false,
    covers: false,
  },
  mpegts: {
    audio: /^(aac|ac3|eac3|mp3|mp2|dts|opus|truehd)$/,
    audioEncoder: () => 'aac',
    subtitle: /^(dvb_subtitle|dvb_teletext)$/,
    textEncoder: undefined,
    attachments: false,
    covers: false,
  },
};

/**
 * What happens to every stream beside the picture when the film goes into `container`, and why. Pure. `streamed`: into
 * a pipe, where the container's header cannot be completed later.
 */
export function planStreams(info: MediaInfo, container: TargetContainer, streamed = false): StreamPlan[] {
  return info.others.map((stream) => {
    // The sample rate of a transport stream's AAC is known from its first packet only: too late for this header.
    if (streamed && container === 'matroska' && info.container === 'mpegts' && stream.codec === 'aac') {
      return {
        stream,
        action: 'transcode',
        encoder: 'aac',
        reason: 'streamed Matroska cannot take AAC from a transport stream as it is, so it is encoded again',
      };
    }
    return planStream(stream, container, rules[container]);
  });
}

function planStream(stream: OtherStream, container: TargetContainer, rule: Rules): StreamPlan {
  const copy: StreamPlan = { stream, action: 'copy', encoder: undefined, reason: undefined };
  const drop = (reason: string): StreamPlan => ({ stream, action: 'drop', encoder: undefined, reason });
  const transcode = (encoder: string): StreamPlan => ({
    stream,
    action: 'transcode',
    encoder,
    reason: `${container} cannot hold ${stream.codec}, so it is converted to ${encoder}`,
  });
  switch (stream.kind) {
    case 'audio':
      return rule.audio.test(stream.codec) ? copy : transcode(rule.audioEncoder(stream.codec));
    case 'subtitle':
      if (rule.subtitle.test(stream.codec)) return copy;
      if (rule.textEncoder !== undefined && textSubtitles.test(stream.codec)) return transcode(rule.textEncoder);
      return drop(`${container} cannot hold ${stream.codec} subtitles`);
    case 'attachment':
      return rule.attachments ? copy : drop(`${container} cannot hold attachments`);
    case 'cover':
      return rule.covers ? copy : drop(`${container} cannot hold a cover picture`);
    case 'video':
      return drop('only the first picture stream is coloured');
    case 'data':
      return drop('data streams (timecode, telemetry) are not kept');
  }
}

/** ffmpeg options for the kept streams, from output stream `first` on (0 is the picture); `input` is the source's number. */
export function streamOptions(
  plans: readonly StreamPlan[],
  info: MediaInfo,
  container: TargetContainer,
  input: number,
  first = 1,
): string[] {
  const kept = plans.filter((plan) => plan.action !== 'drop');
  const maps = kept.flatMap((plan) => ['-map', `${input}:${plan.stream.index}`]);
  const codecs = kept.flatMap((plan, place) => [`-c:${place + first}`, plan.encoder ?? 'copy']);
  const covers = kept.flatMap((plan, place) =>
    plan.stream.kind === 'cover' ? [`-disposition:${place + first}`, 'attached_pic'] : [],
  );
  // Transport streams frame AAC in a way of their own, which ffmpeg takes off by itself for some containers only.
  const framed = info.container === 'mpegts' && ['mp4', 'mov', 'matroska'].includes(container);
  const filters = kept.flatMap((plan, place) =>
    framed && plan.action === 'copy' && plan.stream.codec === 'aac' ? [`-bsf:${place + first}`, 'aac_adtstoasc'] : [],
  );
  // As soon as one stream's tags are mapped by hand (the picture's), ffmpeg copies none by itself.
  const tags = kept.flatMap((plan, place) => [`-map_metadata:s:${place + first}`, `${input}:s:${plan.stream.index}`]);
  return [...maps, ...codecs, ...filters, ...tags, ...covers];
}
