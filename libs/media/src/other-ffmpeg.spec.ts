import { framePts, makeClip, makeVfrClip, planeMd5s, runFfmpeg, scratchDir } from '@kinemacolor/testing';
import { existsSync, readdirSync } from 'node:fs';
import { stat, truncate, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkIntegrity,
  findFfmpeg,
  joinFilm,
  openChromaSink,
  openFilmMux,
  openLuma,
  openSegmentSink,
  probe,
  type MediaInfo,
  type MuxContainer,
  type Segment,
} from './index.js';

/** A newer static ffmpeg beside the installed one: named by a variable, or provided by the set-up in the user's cache. */
function otherFfmpeg(): string | undefined {
  const named = process.env['KINEMACOLOR_TEST_FFMPEG_ALT'];
  if (named !== undefined && named !== '') return named;
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kinemacolor', 'imageio-ffmpeg');
  if (!existsSync(cache)) return undefined;
  return readdirSync(cache)
    .map((version) => join(cache, version, 'ffmpeg'))
    .find((path) => existsSync(path));
}

const other = otherFfmpeg();

describe('a newer ffmpeg', () => {
  it.skipIf(other === undefined).each(['yuv420p', 'yuvj420p', 'yuv422p10le', 'gray'])(
    'gives the same luma, times and colour for %s (skipped without KINEMACOLOR_TEST_FFMPEG_ALT)',
    async (pixelFormat) => {
      const folder = scratchDir();
      const source = await makeVfrClip({ folder, name: 'film.mkv', encoder: 'ffv1', pixelFormat });
      const made = [await colourFilm(source, join(folder, '0.mkv'))];
      await withOther(async () => {
        made.push(await colourFilm(source, join(folder, '1.mkv')));
        expect(Number.parseInt((await findFfmpeg()).version)).not.toBe(5);
      });
      for (const plane of ['y', 'u', 'v'] as const) {
        expect(await planeMd5s(join(folder, '1.mkv'), plane)).toEqual(await planeMd5s(join(folder, '0.mkv'), plane));
      }
      expect(await planeMd5s(join(folder, '1.mkv'), 'y')).toEqual(await planeMd5s(source, 'y'));
      const most = made[0]!.map((luma, index) =>
        Math.max(...luma.map((value, at) => Math.abs(value - made[1]![index]![at]!))),
      );
      expect(Math.max(...most)).toBeLessThanOrEqual(1);
    },
  );

  it.skipIf(other === undefined).each(['mp4', 'mkv'])(
    'finds a whole %s whole, and a cut one cut',
    async (extension) => {
      const folder = scratchDir();
      const options = extension === 'mp4' ? ['-movflags', '+faststart'] : [];
      const path = await makeClip({ folder, name: `film.${extension}`, frames: 100, width: 160, height: 120, options });
      await withOther(async () => {
        expect(await checkIntegrity(await probe(path))).toMatchObject({ framesReadable: 100, truncated: false });
        await truncate(path, Math.floor((await stat(path)).size / 2));
        const report = await checkIntegrity(await probe(path));
        expect(report.truncated).toBe(true);
        expect(report.framesReadable).toBeGreaterThan(5);
        expect(report.framesReadable).toBeLessThan(90);
      });
    },
  );

  it.skipIf(other === undefined)('reads a transport stream that names its service', async () => {
    const folder = scratchDir();
    const options = ['-metadata', 'service_name=Kanal'];
    const source = await makeClip({ folder, name: 'film.ts', frames: 50, audio: 'mp2', options });
    await withOther(async () => {
      expect(await checkIntegrity(await probe(source))).toMatchObject({ framesReadable: 50, truncated: false });
      await colourFilm(source, join(folder, 'film.mkv'), false);
    });
    expect(await framePts(join(folder, 'film.mkv'))).toHaveLength(50);
  });
});

describe('a newer ffmpeg makes a film of segments', () => {
  it.skipIf(other === undefined).each(['matroska', 'mp4', 'mpegts'] as const)(
    'in %s, the same bytes each time (skipped without KINEMACOLOR_TEST_FFMPEG_ALT)',
    async (container) => {
      const folder = scratchDir();
      const source = await makeVfrClip({ folder, name: 'film.mp4', frames: 50, audio: 'aac' });
      const films: Buffer[] = [];
      await withOther(async () => {
        const segments = await segmentsOf(source, folder);
        for (let turn = 0; turn < 3; turn += 1) films.push(await mux(source, segments, container, folder));
      });
      expect(films.slice(1).map((film) => film.equals(films[0]!))).toEqual([true, true]);
      const path = join(folder, 'result');
      await writeFile(path, films[0]!);
      const [got, want] = [await probe(path), await probe(source)];
      expect(got.others.map(({ codec }) => codec)).toEqual(['aac']);
      const steps = (times: readonly bigint[], { video: { timeBase } }: MediaInfo): number[] =>
        times.map((time) => Math.round((Number(time - times[0]!) * timeBase.num * 1000) / timeBase.den));
      expect(steps(await framePts(path), got)).toEqual(steps(await framePts(source), want));
    },
  );
});

describe('frames that are encoded', () => {
  /** What is told while 40 frames are in an encoder that looks 50 ahead, and at last. */
  async function reports(): Promise<{ readonly early: number[]; readonly last: number | undefined }> {
    const folder = scratchDir();
    const info = await probe(await makeClip({ folder, name: 'film.mkv', frames: 120 }));
    const [width, height] = [16, 12];
    const told: number[] = [];
    const onEncoded = (encoded: number): void => void told.push(encoded);
    const target = { kind: 'part', path: join(folder, 'film.mov') } as const;
    const sink = await openChromaSink(info, { width, height, codec: 'h264', preset: 'slow', target, onEncoded });
    const planes = { u: new Uint8Array(width * height), v: new Uint8Array(width * height) };
    let early: number[] = [];
    for await (const { index, pts } of await openLuma(info, { width, height })) {
      await sink.write({ index, pts, ...planes });
      if (index !== 39) continue;
      await expect.poll(() => told.length).toBeGreaterThan(8);
      early = [...told];
    }
    await sink.finish();
    return { early, last: told.at(-1) };
  }

  it('are not told of while an encoder that looks ahead still holds them', async () => {
    const { early, last } = await reports();
    expect(Math.max(...early)).toBe(0);
    expect(last).toBe(120);
  });

  it.skipIf(other === undefined)('nor by the other ffmpeg (skipped without KINEMACOLOR_TEST_FFMPEG_ALT)', async () => {
    await withOther(async () => {
      const { early, last } = await reports();
      expect(Math.max(...early)).toBe(0);
      expect(last).toBe(120);
    });
  });
});

describe('a newer ffmpeg that converts seldom subtitles', () => {
  it.skipIf(other === undefined)(
    'gives the same bytes each time (skipped without KINEMACOLOR_TEST_FFMPEG_ALT)',
    async () => {
      const folder = scratchDir();
      const plain = await makeClip({ folder, name: 'plain.mkv', frames: 220, audio: 'aac' });
      const words = join(folder, 'words.srt');
      await writeFile(words, '1\n00:00:00,300 --> 00:00:00,900\nOne\n\n2\n00:00:07,100 --> 00:00:07,900\nTwo\n');
      const source = join(folder, 'film.mkv');
      await runFfmpeg('-i', plain, '-i', words, '-map', '0', '-map', '1', '-c', 'copy', '-c:s', 'srt', source);
      const films = new Set<string>();
      await withOther(async () => {
        const segments = await segmentsOf(source, folder);
        for (let turn = 0; turn < 12; turn += 1)
          films.add((await mux(source, segments, 'mp4', folder)).toString('latin1'));
      });
      expect(films.size).toBe(1);
    },
  );
});

async function segmentsOf(source: string, folder: string): Promise<Segment[]> {
  const [width, height] = [16, 12];
  const info = await probe(source);
  const sink = await openSegmentSink(info, { width, height, segmentFrames: 20, folder });
  const segments: Segment[] = [];
  const reading = (async () => {
    for await (const segment of sink.segments) segments.push(segment);
  })();
  const planes = { u: new Uint8Array(width * height), v: new Uint8Array(width * height) };
  for await (const { index, pts } of await openLuma(info, { width, height }))
    await sink.write({ index, pts, ...planes });
  await sink.finish();
  await reading;
  return segments;
}

async function mux(source: string, segments: Segment[], container: MuxContainer, folder: string): Promise<Buffer> {
  const film = await openFilmMux(await probe(source), { container, codec: 'h264', folder });
  const pieces: Uint8Array[] = [];
  const reading = (async () => {
    for await (const piece of film.output) pieces.push(piece);
  })();
  for (const { path } of segments) await film.add(path);
  await film.finish();
  await reading;
  return Buffer.concat(pieces);
}

/** The programs are chosen by the environment, as for a user. */
async function withOther(body: () => Promise<void>): Promise<void> {
  const before = process.env['KINEMACOLOR_FFMPEG'];
  process.env['KINEMACOLOR_FFMPEG'] = other;
  try {
    await body();
  } finally {
    if (before === undefined) delete process.env['KINEMACOLOR_FFMPEG'];
    else process.env['KINEMACOLOR_FFMPEG'] = before;
  }
}

async function colourFilm(source: string, output: string, sameTimes = true): Promise<Uint8Array[]> {
  const [width, height] = [16, 12];
  const info = await probe(source);
  const part = `${output}.mov`;
  const sink = await openChromaSink(info, { width, height, codec: 'ffv1', target: { kind: 'part', path: part } });
  const planes = { u: new Uint8Array(width * height).fill(90), v: new Uint8Array(width * height).fill(160) };
  const lumas: Uint8Array[] = [];
  for await (const { index, pts, luma } of await openLuma(info, { width, height })) {
    lumas.push(luma);
    await sink.write({ index, pts, ...planes });
  }
  await sink.finish();
  await joinFilm({ parts: [part], source: info, output, container: 'matroska' });
  if (sameTimes) expect(await framePts(output)).toEqual(await framePts(source));
  return lumas;
}
