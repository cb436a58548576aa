import { join } from 'node:path';
import { Readable } from 'node:stream';
import { inputFailure } from './ffmpeg-failure.js';
import { ffprobe } from './ffprobe.js';
import { headerTells } from './header-tells.js';
import { MediaError } from './media-error.js';
import { indexAtEnd } from './mp4-boxes.js';
import { parseAnswer, probeQuestions, type ProbeOptions } from './probe.js';
import { readAnswer } from './probe-answer.js';
import { safeInputOptions, safeUrl } from './safe-input.js';
import type { Spool } from './spool.js';
import type { MediaInfo } from './types.js';

const usual = 256 * 1024;
/** Who wants little to be looked at first must not wait for ffmpeg either. */
const analyzeMs = 1000;
const larger = [1024 * 1024, 4 * 1024 * 1024, 16 * 1024 * 1024];

/**
 * What is in a film that streams in: looked at through a growing beginning of it. An MP4 with its index at the end
 * cannot be read as it comes: all of it is kept in a file first, and the answer says `spooled`.
 */
export async function probeSpool(
  spool: Spool,
  { firstBytes = usual, signal }: Pick<ProbeOptions, 'firstBytes' | 'signal'>,
): Promise<MediaInfo> {
  const { name } = spool;
  const prefixes = [...(firstBytes < usual ? [firstBytes] : []), usual, ...larger];
  const first = await spool.prefix(prefixes[0]!);
  if (first.length === 0) throw new MediaError('EMPTY_FILE', `${name}: nothing came in (0 bytes).`, { path: name });
  if (indexAtEnd(first)) return probeKeptFile(spool, signal);
  for (const [step, length] of prefixes.entries()) {
    const prefix = await spool.prefix(length);
    const { stdout, exit } = await ffprobe({
      args: [...safeInputOptions, ...probeQuestions, '-i', 'pipe:0'],
      stdin: Readable.from(pieces(prefix), { objectMode: false }),
      signal,
    });
    const last = step === prefixes.length - 1 || prefix.length < length;
    try {
      if (!exit.ok) throw inputFailure(name, exit);
      const info = readAnswer(parseAnswer(stdout, name), {
        source: { kind: 'stream', spool, ...(firstBytes < usual ? { analyzeMs } : {}) },
        name,
        size: undefined,
        spooled: false,
      });
      return whole(info, last && spool.complete);
    } catch (thrown) {
      const refused =
        thrown instanceof MediaError && ['FORBIDDEN_FORMAT', 'TOO_LARGE', 'ABORTED'].includes(thrown.code);
      if (last || refused) throw thrown;
    }
  }
  throw new MediaError('NOT_MEDIA', `${name}: is not a film: ffmpeg does not know what it is.`, { path: name });
}

/** The duration and counts of a mere beginning say nothing, except in containers that tell them in their header. */
function whole(info: MediaInfo, allOfIt: boolean): MediaInfo {
  if (allOfIt || headerTells(info.container)) return info;
  return Object.freeze({
    ...info,
    duration: undefined,
    video: Object.freeze({ ...info.video, expectedFrames: undefined }),
  });
}

async function probeKeptFile(spool: Spool, signal: AbortSignal | undefined): Promise<MediaInfo> {
  const { name } = spool;
  await spool.takeAll();
  const path = join(spool.scratchFolder, 'whole.mp4');
  await spool.copyTo(path);
  const { stdout, exit } = await ffprobe({
    args: [...safeInputOptions, ...probeQuestions, '-i', safeUrl(path)],
    signal,
  });
  if (!exit.ok) throw inputFailure(name, exit);
  return readAnswer(parseAnswer(stdout, name), {
    source: { kind: 'file', path },
    name,
    size: spool.bytesWritten,
    spooled: true,
  });
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024);
}
