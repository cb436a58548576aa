import type { ColourRange, VideoStream } from './types.js';

/**
 * The range that the source's luma has. Untagged YUV is limited, as every player takes it. Grey without a tag is
 * limited in the film codecs, whose default is limited, and full in picture-like ones (ffv1, png, raw). RGB is full.
 */
export function sourceRange(video: VideoStream): ColourRange {
  if (video.pixelFormat.isRgb) return 'full';
  if (video.pixelFormat.name.startsWith('yuvj')) return 'full';
  if (video.colour.range !== undefined) return video.colour.range;
  if (!video.pixelFormat.isGray) return 'limited';
  return /^(h264|hevc|av1|vp8|vp9|mpeg|vc1|theora)/.test(video.codec) ? 'limited' : 'full';
}
