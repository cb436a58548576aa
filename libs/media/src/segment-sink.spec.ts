import { framePts, makeClip, makeVfrClip, runFfmpeg, scratchDir } from '@kinemacolor/testing';
import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { boxesIn } from './box-tree.js';
import { SegmentThread } from './segment-thread.js';
import {
  openLuma,
  openSegmentSink,
  probe,
  type MediaInfo,
  type Segment,
  type SegmentSink,
  type SegmentSinkOptions,
  type VideoCodec,
} from './index.js';

const folder = scratchDir();
const [width, height] = [16, 12];
const segmentFrames = 20;
let made = 0;

/** Colours a film from `startFrame` on, stops when `enough` segments came, and gives them. */
async function segmentsOf(
  source: string,
  { enough = Infinity, ...options }: Partial<SegmentSinkOptions> & { enough?: number } = {},
): Promise<Segment[]> {
  const info = await probe(source);
  const into = join(folder, `run-${(made += 1)}`);
  await mkdir(into);
  const { startFrame = 0 } = options;
  const sink = await openSegmentSink(info, { width, height, segmentFrames, folder: into, ...options });
  const segments: Segment[] = [];
  const reading = (async () => {
    for await (const segment of sink.segments) {
      expect(existsSync(segment.path)).toBe(true);
      segments.push(segment);
      if (segments.length >= enough) break;
    }
  })();
  const writing = (async () => {
    for await (const { index, pts } of await openLuma(info, { width, height, startFrame })) {
      const u = new Uint8Array(width * height).fill(100 + (index % 50));
      await sink.write({ index, pts, u, v: u });
    }
    await sink.finish();
  })();
  const [wrote] = await Promise.allSettled([writing, reading]);
  await sink.abort();
  if (enough === Infinity && wrote.status === 'rejected') throw wrote.reason;
  await reading;
  expect(readdirSync(into).filter((name) => name.endsWith('.partial'))).toEqual([]);
  return segments;
}

/** The segments as one film. */
async function joined(segments: readonly Segment[]): Promise<string> {
  const path = join(folder, `joined-${(made += 1)}.mp4`);
  await writeFile(path, '');
  const thread = new SegmentThread();
  for (const { path: segment } of segments)
    for await (const bytes of thread.bytesOf(segment)) appendFileSync(path, bytes);
  return path;
}

const md5s = async (path: string): Promise<string> =>
  String(await runFfmpeg('-copyts', '-i', path, '-fps_mode', 'passthrough', '-f', 'framemd5', '-'));

const inTicks = (times: readonly bigint[], { video }: MediaInfo, to: MediaInfo): number[] =>
  times.map(
    (time) =>
      (Number(time) * video.timeBase.num * to.video.timeBase.den) / (video.timeBase.den * to.video.timeBase.num),
  );

describe.each(['h264', 'hevc', 'av1', 'ffv1', 'prores'] as VideoCodec[])('%s', (codec) => {
  const size = { width: 160, height: 128, frames: 50 };
  it.each(
    [
      { what: 'even times', make: () => makeClip({ folder, name: `even-${codec}.mp4`, ...size }) },
      { what: 'uneven times', make: () => makeVfrClip({ folder, name: `uneven-${codec}.mkv`, ...size }) },
      {
        what: 'a long pause behind a border',
        make: () =>
          makeClip({
            folder,
            name: `pause-${codec}.mp4`,
            ...size,
            filters: "settb=1/12800,setpts='PTS+gt(N,21)*20/TB'",
            options: ['-fps_mode', 'passthrough', '-enc_time_base', '1/12800'],
          }),
      },
      {
        what: 'a late beginning in a transport stream',
        make: () => makeClip({ folder, name: `late-${codec}.ts`, ...size }),
      },
    ].slice(codec === 'h264' ? 0 : 1, codec === 'h264' ? undefined : 3),
  )('keeps $what, also when a second run goes on', async ({ make }) => {
    const source = await make();
    const info = await probe(source);
    const wanted = await framePts(source);
    const straight = await segmentsOf(source, { codec });
    expect(straight.map(({ startFrame, frames, startPts, endPts }) => [startFrame, frames, startPts, endPts])).toEqual([
      [0, 20, wanted[0], wanted[20]],
      [20, 20, wanted[20], wanted[40]],
      [40, wanted.length - 40, wanted[40], undefined],
    ]);
    const [first] = await segmentsOf(source, { codec, enough: 1 });
    const rest = await segmentsOf(source, { codec, startFrame: 20 });
    expect(rest.map(({ startFrame }) => startFrame)).toEqual([20, 40]);
    const [whole, resumed] = [await joined(straight), await joined([first!, ...rest])];
    for (const path of [whole, resumed]) {
      const result = await probe(path);
      expect(inTicks(await framePts(path), result, info)).toEqual(wanted.map(Number));
    }
    if (codec === 'ffv1' || codec === 'prores') expect(await md5s(resumed)).toBe(await md5s(whole));
    const [header, other] = await Promise.all([straight[0]!, rest[0]!].map(({ path }) => readFile(path)));
    expect(boxesIn(other!)[1]!.whole.equals(boxesIn(header!)[1]!.whole)).toBe(true);
  });
});

describe('a sink of segments', () => {
  const planes = { u: new Uint8Array(width * height), v: new Uint8Array(width * height) };
  const open = async (source: string, into: string): Promise<SegmentSink> => {
    await mkdir(join(folder, into));
    return openSegmentSink(await probe(source), {
      width,
      height,
      segmentFrames: 10,
      codec: 'ffv1',
      folder: join(folder, into),
    });
  };
  const writeAll = async (source: string, sink: SegmentSink): Promise<void> => {
    for await (const { index, pts } of await openLuma(await probe(source), { width, height }))
      await sink.write({ index, pts, ...planes });
    await sink.finish();
  };

  it('keeps no more than three whole segments ahead of their reader', async () => {
    const source = await makeClip({ folder, name: 'ahead.mp4', frames: 200, width: 320, height: 240 });
    const sink = await open(source, 'ahead');
    const writing = writeAll(source, sink);
    let taken = 0;
    for await (const { startFrame } of sink.segments) {
      expect(startFrame).toBe(10 * taken);
      taken += 1;
      await setTimeout(taken < 4 ? 500 : 0);
      const whole = readdirSync(join(folder, 'ahead')).filter((name) => name.endsWith('.mp4')).length;
      expect(whole - taken).toBeLessThanOrEqual(3);
    }
    await writing;
    expect(taken).toBe(20);
  });

  it('ends its reader with what ended it, and keeps no half segment', async () => {
    const source = await makeClip({ folder, name: 'ends.mp4', frames: 35 });
    const sink = await open(source, 'ends');
    const times = await framePts(source);
    const got: number[] = [];
    const reading = (async () => {
      for await (const { frames } of sink.segments) got.push(frames);
    })();
    const ended = expect(reading).rejects.toMatchObject({ code: 'FRAME_MISMATCH' });
    for (const [index, pts] of times.slice(0, 33).entries()) await sink.write({ index, pts, ...planes });
    await expect(sink.finish()).rejects.toMatchObject({ code: 'FRAME_MISMATCH' });
    await ended;
    expect(got.every((frames) => frames === 10)).toBe(true);
    expect(readdirSync(join(folder, 'ends')).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('stops on request while nobody reads', async () => {
    const source = await makeClip({ folder, name: 'stops.mp4', frames: 200, width: 320, height: 240 });
    const sink = await open(source, 'stops');
    const writing = expect(writeAll(source, sink)).rejects.toMatchObject({ code: 'ABORTED' });
    await setTimeout(300);
    await sink.abort();
    await writing;
    await expect(sink.segments[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ABORTED' });
    expect(readdirSync(join(folder, 'stops')).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('says so when its folder is missing or its start is no border', async () => {
    const source = await makeClip({ folder, name: 'no-folder.mp4' });
    const info = await probe(source);
    const options = { width, height, folder: join(folder, 'missing'), codec: 'ffv1' } as const;
    const sink = await openSegmentSink(info, options);
    await expect(writeAll(source, sink)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    await expect(openSegmentSink(info, { ...options, startFrame: 7 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});
