import type { MediaInfo } from '@kinemacolor/media';
import { renderSizeFor } from '@kinemacolor/models/render-size';

/**
 * What the generator sees of a film, pixels.
 * @param shortSide of the picture that it sees, pixels
 */
export function renderSizeOf(info: MediaInfo, shortSide: number): { width: number; height: number } {
  return renderSizeFor(upright(info), shortSide);
}

/** The film as it is seen: wide pixels make a wide picture, and the generator has seen square ones only. */
function upright({ video }: MediaInfo): { width: number; height: number } {
  const { num, den } = video.sampleAspectRatio;
  return { width: (video.width * num) / den, height: video.height };
}
