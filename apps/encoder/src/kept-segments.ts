import { appendFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openSegmentLog, type SegmentLog } from '@kinemacolor/jobs';
import type { NatsConnection } from '@nats-io/transport-node';

/** What encoders before this one have finished of a job. */
export interface KeptSegments {
  /** Files of the segments, in order. */
  readonly paths: readonly string[];
  /** The first frame that is in none of them. */
  readonly nextFrame: number;
  /** What the smoothing remembers before that frame; undefined at the film's beginning. */
  readonly state: Buffer | undefined;
  /** For the segments behind them. */
  readonly log: SegmentLog;
}

/** Reads back the segments of a job into files of a folder. @throws Error when one is missing between */
export async function openKeptSegments(
  connection: NatsConnection,
  job: string,
  folder: string,
  signal: AbortSignal,
): Promise<KeptSegments> {
  const paths: string[] = [];
  let nextFrame = 0;
  let state: Buffer | undefined;
  const coming = path.join(folder, 'kept.part');
  const log = await openSegmentLog(
    connection,
    job,
    {
      data: (bytes, offset) => (offset === 0 ? writeFile(coming, bytes) : appendFile(coming, bytes)),
      whole: async (segment) => {
        if (segment.firstFrame !== nextFrame) {
          throw new Error(`The segments of ${job} go on at frame ${segment.firstFrame}, not ${nextFrame}.`);
        }
        const file = path.join(folder, `kept-${segment.firstFrame}`);
        await rename(coming, file);
        paths.push(file);
        nextFrame += segment.frames;
        state = segment.state === undefined ? undefined : Buffer.from(segment.state);
      },
    },
    signal,
  );
  return { paths, nextFrame, state, log };
}
