import type { CommandInput } from './ffmpeg-command.js';

/**
 * Containers of real films, by ffmpeg's demuxer names. Playlists and scripts (hls, concat, dash, sdp, imf) are left
 * out: they make ffmpeg open other files. So are devices, generators and numbered picture files.
 */
const containers = [
  'mov,mp4,m4a,3gp,3g2,mj2',
  'matroska,webm',
  'avi',
  'mpegts',
  'mpeg',
  'mpegvideo',
  'flv',
  'live_flv',
  'asf',
  'ogg',
  'nut',
  'mxf',
  'gxf',
  'ivf',
  'yuv4mpegpipe',
  'gif',
  'apng',
  'dv',
  'rm',
  'wtv',
  'nuv',
  'swf',
  'h264',
  'hevc',
  'm4v',
  'obu',
  'av1',
  'mjpeg',
  'dirac',
  'vc1',
  'cavsvideo',
].join(',');

/** Sound files: recognised so that "no picture in it" can be said, never read further. */
const soundOnly = [
  'mp3',
  'wav',
  'w64',
  'flac',
  'aac',
  'ac3',
  'eac3',
  'aiff',
  'caf',
  'amr',
  'au',
  'ape',
  'wv',
  'tta',
  'dts',
].join(',');

/** Options for every ffmpeg and ffprobe that reads a user's file: no network, no file but the one named. */
export const safeInputOptions: readonly string[] = [
  '-protocol_whitelist',
  'file,pipe',
  '-format_whitelist',
  `${containers},${soundOnly}`,
];

/** `file:` makes any name a plain file, `http://…` and `concat:…` too. */
export function safeUrl(path: string): string {
  return `file:${path}`;
}

export function safeFileInput(path: string, options: readonly string[] = []): CommandInput {
  return { options: [...safeInputOptions, ...options], url: safeUrl(path) };
}

export function safePipeInput(options: readonly string[] = []): CommandInput {
  return { options: [...safeInputOptions, ...options], url: 'pipe:0' };
}
