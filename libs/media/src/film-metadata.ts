import { headerTells } from './header-tells.js';
import type { MediaInfo } from './types.js';

/**
 * The film's tags, its picture's tags, and its chapters, as a file of ffmpeg's `ffmetadata` format. Stream 0 is the picture.
 * @param more further tags of the film
 */
export function filmMetadata({ tags, video, chapterList }: MediaInfo, more: Readonly<Record<string, string>>): string {
  const chapters = chapterList.flatMap(({ start, end, timeBase, tags: own }) => [
    '[CHAPTER]',
    `TIMEBASE=${timeBase.num}/${timeBase.den}`,
    `START=${start}`,
    `END=${end}`,
    ...lines(own),
  ]);
  return [';FFMETADATA1', ...lines({ ...tags, ...more }), '[STREAM]', ...lines(video.tags), ...chapters, ''].join('\n');
}

/**
 * What makes ffmpeg write the film's duration into the header of Matroska, which it cannot go back to when that streams.
 * Only what a source's own header says: it is the same whether the source streams or not.
 */
export function durationTags({ duration, container }: MediaInfo, into: string): Readonly<Record<string, string>> {
  if (duration === undefined || into !== 'matroska' || !headerTells(container)) return {};
  return { DURATION: duration.toFixed(6) };
}

function lines(tags: Readonly<Record<string, string>>): string[] {
  return Object.entries(tags).map(([name, value]) => `${escaped(name)}=${escaped(value)}`);
}

function escaped(text: string): string {
  return text.replace(/[=;#\\\n]/g, (character) => `\\${character}`);
}
