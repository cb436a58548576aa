import { MediaError } from './media-error.js';
import type { TargetContainer, VideoCodec } from './types.js';

/** What players of the container know; ffmpeg would write more than that. */
const codecsOf: Readonly<Record<TargetContainer, readonly VideoCodec[]>> = {
  mp4: ['h264', 'hevc', 'av1'],
  mov: ['h264', 'hevc', 'prores', 'ffv1'],
  matroska: ['h264', 'hevc', 'av1', 'ffv1', 'prores'],
  webm: ['av1'],
  avi: ['h264', 'ffv1'],
  mpegts: ['h264', 'hevc'],
};

/** @throws MediaError `INVALID_ARGUMENT`, with what fits, when the container cannot hold a picture of that codec. */
export function checkCodec(codec: VideoCodec, container: TargetContainer): void {
  const why = misfit(codec, container);
  if (why !== undefined) throw new MediaError('INVALID_ARGUMENT', why);
}

/** Why the container cannot hold a picture of that codec, and what fits; `undefined` when it can. */
export function misfit(codec: VideoCodec, container: TargetContainer): string | undefined {
  if (codecsOf[container].includes(codec)) return undefined;
  const containers = (Object.keys(codecsOf) as TargetContainer[]).filter((name) => codecsOf[name].includes(codec));
  return `${container} cannot hold ${codec}. Choose ${list(codecsOf[container])} for ${container}, or for ${codec} a film in ${list(containers)}.`;
}

function list(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}
