import { createReadStream } from 'node:fs';

/** Longest line that is read, bytes; a longer one is no entry of ours. */
const LONGEST = 4 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface LogLine {
  /** From 1. */
  readonly number: number;
  /** `undefined` where the line is longer than any entry. */
  readonly text: string | undefined;
  /** Whether the line ends with a newline; the last one may not, after a kill or while it is written. */
  readonly complete: boolean;
}

/**
 * The lines in the first `size` bytes of a file, one at a time: memory does not grow with the file. Empty lines are
 * left out, though they count.
 */
export async function* logLines(file: string, size: number): AsyncGenerator<LogLine> {
  if (size === 0) return;
  let number = 1;
  let pieces: Buffer[] = [];
  let length = 0;
  const take = (complete: boolean): LogLine => {
    const text = length > LONGEST ? undefined : Buffer.concat(pieces).toString('utf8');
    pieces = [];
    length = 0;
    return { number: number++, text, complete };
  };
  const keep = (piece: Buffer): void => {
    length += piece.length;
    if (length <= LONGEST) pieces.push(piece);
    else pieces = [];
  };
  for await (const chunk of createReadStream(file, { end: size - 1 }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      keep(chunk.subarray(start, end));
      const line = take(true);
      if (line.text?.trim() !== '') yield line;
      start = end + 1;
    }
    keep(chunk.subarray(start));
  }
  if (length > 0) yield take(false);
}
