import { MediaError } from './media-error.js';

/** What ffmpeg printed ends in the middle of something. Why, is told by its exit where it has one. */
export function cutShort(): MediaError {
  return new MediaError('FFMPEG_FAILED', 'ffmpeg stopped in the middle of a film. Try again.');
}
