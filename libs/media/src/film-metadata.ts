import type { MediaInfo } from './types.js';

/** The film's tags, its picture's tags, and its chapters, as a file of ffmpeg's `ffmetadata` format. Stream 0 is the picture. */
export function filmMetadata({ tags, video, chapterList }: MediaInfo): string {
  const chapters = chapterList.flatMap(({ start, end, timeBase, tags: own }) => [
    '[CHAPTER]',
    `TIMEBASE=${timeBase.num}/${timeBase.den}`,
    `START=${start}`,
    `END=${end}`,
    ...lines(own),
  ]);
  return [';FFMETADATA1', ...lines(tags), '[STREAM]', ...lines(video.tags), ...chapters, ''].join('\n');
}

function lines(tags: Readonly<Record<string, string>>): string[] {
  return Object.entries(tags).map(([name, value]) => `${escaped(name)}=${escaped(value)}`);
}

function escaped(text: string): string {
  return text.replace(/[=;#\\\n]/g, (character) => `\\${character}`);
}
