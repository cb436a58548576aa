import type { EncodePlan } from './encode-plan.js';
import type { ColourTags, EncodeOptions, VideoStream } from './types.js';

/** Options of the picture's encoder. Key frames come every `segmentFrames`, counted from the film's first frame, with closed groups. */
export function encoderOptions(
  plan: EncodePlan,
  options: EncodeOptions,
  video: VideoStream,
  segmentFrames: number,
): string[] {
  return [
    '-c:v:0',
    plan.encoder,
    ...qualityOptions(plan, options),
    ...(options.lowDelay === true && ['libx264', 'libx265'].includes(plan.encoder) ? ['-tune:v:0', 'zerolatency'] : []),
    ...(options.threads === undefined || options.threads === 0 ? [] : ['-threads:v:0', String(options.threads)]),
    ...(plan.codec === 'ffv1' || plan.codec === 'prores'
      ? []
      : ['-g:v:0', String(segmentFrames), '-force_key_frames:v:0', `expr:eq(mod(n,${segmentFrames}),0)`]),
    ...(isInterlaced(video) && ['h264', 'prores'].includes(plan.codec) ? ['-flags:v:0', '+ildct+ilme'] : []),
    ...tagOptions(plan.tags),
  ];
}

function qualityOptions(plan: EncodePlan, { crf, preset }: EncodeOptions): string[] {
  switch (plan.encoder) {
    case 'libx264':
      return ['-crf:v:0', String(crf ?? 18), '-preset:v:0', preset ?? 'veryfast', '-x264-params', 'open-gop=0'];
    case 'libx265':
      return [
        '-crf:v:0',
        String(crf ?? 20),
        '-preset:v:0',
        preset ?? 'fast',
        '-forced-idr',
        '1',
        '-x265-params',
        'open-gop=0:log-level=error',
      ];
    case 'libsvtav1':
      return ['-crf:v:0', String(crf ?? 28), '-preset:v:0', preset ?? '8'];
    case 'libaom-av1':
      return ['-crf:v:0', String(crf ?? 28), '-b:v:0', '0', '-cpu-used', preset ?? '8', '-row-mt', '1'];
    case 'ffv1':
      return ['-level', '3', '-g:v:0', '1', '-slicecrc', '1'];
    default:
      return ['-profile:v:0', plan.pixelFormat.startsWith('yuv444') ? '4' : '3', '-vendor', 'apl0'];
  }
}

export function isInterlaced(video: VideoStream): boolean {
  return ['tt', 'bb', 'tb', 'bt'].includes(video.fieldOrder);
}

/** ffprobe and the filters do not use the same words for two of the curves. */
const filterWords: Readonly<Record<string, string>> = { gamma22: 'bt470m', gamma28: 'bt470bg' };

/** The tags as one filter, so that frames and encoder agree. */
export function tagFilter(tags: ColourTags, video: VideoStream): string {
  const range = tags.range === undefined ? 'unknown' : { limited: 'tv', full: 'pc' }[tags.range];
  const word = (name: string | undefined): string => (name === undefined ? 'unknown' : (filterWords[name] ?? name));
  const fields = isInterlaced(video) ? `:field_mode=${['tt', 'tb'].includes(video.fieldOrder) ? 'tff' : 'bff'}` : '';
  return `setparams=range=${range}:colorspace=${word(tags.space)}:color_primaries=${word(tags.primaries)}:color_trc=${word(tags.transfer)}${fields}`;
}

function tagOptions(tags: ColourTags): string[] {
  const word = (name: string): string => filterWords[name] ?? name;
  return [
    ...(tags.range === undefined ? [] : ['-color_range:v:0', tags.range === 'full' ? 'pc' : 'tv']),
    ...(tags.space === undefined ? [] : ['-colorspace:v:0', word(tags.space)]),
    ...(tags.primaries === undefined ? [] : ['-color_primaries:v:0', word(tags.primaries)]),
    ...(tags.transfer === undefined ? [] : ['-color_trc:v:0', word(tags.transfer)]),
  ];
}
