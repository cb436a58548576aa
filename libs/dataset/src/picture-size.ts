import type { PictureBox, VideoStream } from '@kinemacolor/media';

/**
 * Size of the pictures: square pixels, the short side as asked for. A film that is smaller keeps its size, since
 * enlarged pictures teach nothing that the film does not hold.
 */
export function pictureSize(
  video: VideoStream,
  crop: PictureBox | undefined,
  short: number,
): { width: number; height: number } {
  // prettier-ignore
  const { num, den } = video.sampleAspectRatio;
  const { width, height } = crop ?? video;
  // Anamorphic pixels are made square by shrinking the longer of their sides.
  const [wide, high] = num >= den ? [width, (height * den) / num] : [(width * num) / den, height];
  const scale = Math.min(1, short / Math.min(wide, high));
  return { width: Math.max(1, Math.round(wide * scale)), height: Math.max(1, Math.round(high * scale)) };
}
