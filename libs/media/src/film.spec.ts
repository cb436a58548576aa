import {
  framePts,
  makeClip,
  makeVfrClip,
  planeMd5s,
  runFfmpeg,
  runFfprobe,
  scratchDir,
  sharedFile,
} from '@kinemacolor/testing';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  inspectPart,
  joinFilm,
  openChromaSink,
  openLuma,
  probe,
  trimPart,
  type ChromaSinkOptions,
  type TargetContainer,
} from './index.js';

const folder = scratchDir();
const width = 16;
const height = 12;

interface PartOptions extends Partial<Pick<ChromaSinkOptions, 'codec' | 'segmentFrames'>> {
  readonly startFrame?: number;
  readonly until?: number;
}

async function writePart(
  source: string,
  path: string,
  { startFrame = 0, until = Infinity, ...options }: PartOptions = {},
): Promise<bigint[]> {
  const info = await probe(source);
  const luma = await openLuma(info, { width, height, startFrame });
  const sink = await openChromaSink(info, { ...options, width, height, target: { kind: 'part', path, startFrame } });
  const times: bigint[] = [];
  try {
    for await (const { index, pts } of luma) {
      if (index >= until) return times;
      await sink.write({
        index,
        pts,
        u: new Uint8Array(width * height).fill(100 + (index % 9)),
        v: new Uint8Array(width * height).fill(150),
      });
      times.push(pts);
    }
    await sink.finish();
    return times;
  } finally {
    await sink.abort();
    await luma.close();
  }
}

async function colourFilm(source: string, output: string, container: TargetContainer = 'mp4'): Promise<void> {
  const part = `${output}.part.mov`;
  await writePart(source, part);
  await joinFilm({ parts: [part], source: await probe(source), output, container });
}

/** Frame times in seconds after the start of the film, which may be the start of its sound. */
async function times(path: string): Promise<number[]> {
  const { video, startTime } = await probe(path);
  return (await framePts(path)).map((pts) => (Number(pts) * video.timeBase.num) / video.timeBase.den - startTime);
}

async function expectSameTimes(output: string, source: string, withinSeconds: number): Promise<void> {
  const [got, want] = [await times(output), await times(source)];
  expect(got.length).toBe(want.length);
  for (const [place, time] of want.entries()) expect(Math.abs(got[place]! - time)).toBeLessThanOrEqual(withinSeconds);
}

const soundMd5 = async (path: string): Promise<string> =>
  String(await runFfmpeg('-i', path, '-map', '0:a', '-c', 'copy', '-f', 'md5', '-'));

describe('times', () => {
  it('are exact for B-frames and an edit list, with the sound’s offset', async () => {
    const source = await makeClip({ folder, name: 'edits.mp4', audio: 'aac', options: ['-bf', '2'] });
    const output = join(folder, 'edits.out.mp4');
    await colourFilm(source, output);
    await expectSameTimes(output, source, 1e-9);
    expect(await soundMd5(output)).toBe(await soundMd5(source));
    expect((await probe(output)).video.timeBase).toEqual((await probe(source)).video.timeBase);
  });

  it('are exact for a variable frame rate in MP4', async () => {
    const source = await makeVfrClip({
      folder,
      name: 'vfr.mp4',
      frames: 24,
      options: ['-video_track_timescale', '90000'],
    });
    const wanted = await framePts(source);
    expect(new Set(wanted.slice(1).map((pts, place) => pts - wanted[place]!)).size).toBeGreaterThan(2);
    const output = join(folder, 'vfr.out.mp4');
    await colourFilm(source, output);
    await expectSameTimes(output, source, 1e-9);
  });

  it('are exact for a variable frame rate in Matroska', async () => {
    const source = await makeVfrClip({ folder, name: 'vfr.mkv', frames: 24 });
    const output = join(folder, 'vfr.out.mkv');
    await colourFilm(source, output, 'matroska');
    await expectSameTimes(output, source, 1e-9);
  });

  it('begin at zero and keep the offset of the sound for a transport stream that begins at 1.4 s', async () => {
    const source = await makeClip({ folder, name: 'late.ts', audio: 'aac' });
    expect((await probe(source)).startTime).toBeGreaterThan(1);
    const output = join(folder, 'late.mp4');
    await colourFilm(source, output);
    const offset = async (path: string): Promise<number> => {
      const starts = await runFfprobe('-show_entries', 'stream=codec_type,start_time', '-of', 'csv=p=0', path);
      const of = (kind: string): number => Number(starts.find((line) => line.startsWith(kind))?.split(',')[1]);
      return of('audio') - of('video');
    };
    expect(Math.abs((await offset(output)) - (await offset(source)))).toBeLessThan(2e-5);
    expect((await probe(output)).startTime).toBeLessThan(0.1);
  });
});

describe('parts', () => {
  it('can be cut at a key frame, continued and joined', async () => {
    const source = await makeVfrClip({
      folder,
      name: 'resume.mp4',
      frames: 40,
      audio: 'aac',
      options: ['-video_track_timescale', '90000'],
    });
    const whole = join(folder, 'whole.mov');
    const pts = await writePart(source, whole, { segmentFrames: 10 });
    const broken = join(folder, 'broken.mov');
    await writePart(source, broken, { segmentFrames: 10 });
    expect(await inspectPart(broken)).toMatchObject({ frames: 40, startFrame: 0, startPts: pts[0] });
    await truncate(broken, (await readFile(broken)).length - 300);
    const left = await inspectPart(broken);
    expect(left.frames).toBe(30);
    expect(left.keyFrames).toEqual(expect.arrayContaining([0, 10, 20]));
    const first = join(folder, 'first.mov');
    await trimPart(broken, 20, first);
    expect(await inspectPart(first)).toMatchObject({ frames: 20, startFrame: 0, startPts: pts[0] });
    const second = join(folder, 'second.mov');
    await writePart(source, second, { segmentFrames: 10, startFrame: 20 });
    expect(await inspectPart(second)).toMatchObject({ frames: 20, startFrame: 20, startPts: pts[20] });
    const output = join(folder, 'resumed.mp4');
    await joinFilm({ parts: [first, second], source: await probe(source), output, container: 'mp4' });
    await expectSameTimes(output, source, 1e-9);
    await expect(inspectPart(source)).rejects.toMatchObject({ code: 'DAMAGED' });
    await expect(
      joinFilm({ parts: [second], source: await probe(source), output, container: 'mp4' }),
    ).resolves.toBeDefined();
    await expect(
      joinFilm({ parts: [first, first], source: await probe(source), output, container: 'mp4' }),
    ).rejects.toMatchObject({ code: 'FRAME_MISMATCH' });
    await expect(trimPart(broken, 7, first)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('make the same pixels after a resume, in a codec without memory', async () => {
    const source = await makeClip({ folder, name: 'lossless.mp4', frames: 20 });
    const info = await probe(source);
    const [whole, first, second] = ['whole', 'first', 'second'].map((name) => join(folder, `ffv1-${name}.mov`)) as [
      string,
      string,
      string,
    ];
    await writePart(source, whole, { codec: 'ffv1', segmentFrames: 5 });
    await trimPart(whole, 10, first);
    await writePart(source, second, { codec: 'ffv1', segmentFrames: 5, startFrame: 10 });
    const [straight, resumed] = [join(folder, 'straight.mkv'), join(folder, 'resumed.mkv')];
    await joinFilm({ parts: [whole], source: info, output: straight, container: 'matroska' });
    await joinFilm({ parts: [first, second], source: info, output: resumed, container: 'matroska' });
    for (const plane of ['y', 'u', 'v'] as const)
      expect(await planeMd5s(resumed, plane)).toEqual(await planeMd5s(straight, plane));
    expect(await times(resumed)).toEqual(await times(straight));
  });

  it('are whole fragments when the encoder is killed', async () => {
    const source = await makeClip({ folder, name: 'killed.mp4', frames: 60 });
    const part = join(folder, 'killed.mov');
    await writePart(source, part, { segmentFrames: 10, until: 55 });
    const { frames, keyFrames } = await inspectPart(part).catch(() => ({ frames: 0, keyFrames: [] }));
    expect(frames).toBeLessThanOrEqual(55);
    expect(keyFrames.every((key) => key % 10 === 0 || key > 0)).toBe(true);
  });
});

describe('a source whose pictures change their size', () => {
  it.each([0, 20])('is coloured in the size that it begins with, from frame %i on', async (startFrame) => {
    const names = ['160x120', '128x96'].map((size) => join(folder, `${size}-${startFrame}.ts`));
    const source = join(folder, `two-sizes-${startFrame}.ts`);
    for (const [place, name] of names.entries()) {
      const [w, h] = [160 - 32 * place, 120 - 24 * place];
      const options = ['-output_ts_offset', String(place * 2)];
      await makeClip({ folder, name: basename(name), width: w, height: h, frames: 25, options });
    }
    await writeFile(source, Buffer.concat(await Promise.all(names.map((name) => readFile(name)))));
    const part = join(folder, `two-sizes-${startFrame}.mov`);
    const pts = await writePart(source, part, { segmentFrames: 10, startFrame });
    expect(pts).toHaveLength(50 - startFrame);
    expect(await inspectPart(part)).toMatchObject({ frames: 50 - startFrame, startFrame });
    expect((await probe(part)).video).toMatchObject({ width: 160, height: 120 });
  });
});

describe('a folder whose name holds the end of a line', () => {
  it('takes parts and film', async () => {
    const odd = join(folder, "two\nlines, it's odd");
    await mkdir(odd);
    const source = await makeClip({ folder: odd, name: 'film.mp4' });
    await colourFilm(source, join(odd, 'out.mp4'));
    expect((await probe(join(odd, 'out.mp4'))).video.frameCount).toBe(20);
  });
});

describe('the rest of the film', () => {
  it('keeps subtitles, chapters, tags, languages and attachments', async () => {
    const plain = await makeClip({ folder, name: 'plain.mkv', audio: 'flac' });
    const subtitles = join(folder, 'words.srt');
    const chapters = join(folder, 'chapters.txt');
    await writeFile(subtitles, '1\n00:00:00,100 --> 00:00:00,500\nHello\n');
    await writeFile(
      chapters,
      ';FFMETADATA1\ntitle=A film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=400\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=400\nEND=800\ntitle=Two\n',
    );
    const source = join(folder, 'rich.mkv');
    const attachment = ['-attach', chapters, '-metadata:s:t', 'mimetype=text/plain', '-metadata:s:a:0', 'language=fin'];
    await runFfmpeg(
      '-i',
      plain,
      '-i',
      subtitles,
      '-i',
      chapters,
      '-map',
      '0',
      '-map',
      '1',
      '-map_metadata',
      '2',
      '-map_chapters',
      '2',
      '-c',
      'copy',
      '-c:s',
      'srt',
      ...attachment,
      source,
    );
    const mkv = join(folder, 'rich.out.mkv');
    await colourFilm(source, mkv, 'matroska');
    const [before, after] = [await probe(source), await probe(mkv)];
    expect(after.chapters).toBe(2);
    expect(after.tags['title'] ?? after.tags['TITLE']).toBe('A film');
    expect(after.others.map(({ kind, codec, language }) => [kind, codec, language])).toEqual(
      before.others.map(({ kind, codec, language }) => [kind, codec, language]),
    );
    expect(await soundMd5(mkv)).toBe(await soundMd5(source));
    const mp4 = join(folder, 'rich.out.mp4');
    await colourFilm(source, mp4, 'mp4');
    const inMp4 = await probe(mp4);
    expect(inMp4.chapters).toBe(2);
    expect(inMp4.others.filter(({ kind }) => kind !== 'data').map(({ codec }) => codec)).toEqual(['flac', 'mov_text']);
  });

  it('keeps the shape of pixels, the colour tags and the upright picture', async () => {
    const tags = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'];
    const source = await makeClip({ folder, name: 'tagged.mp4', filters: 'setsar=16/11', options: tags });
    const output = join(folder, 'tagged.out.mp4');
    await colourFilm(source, output);
    const [before, after] = [await probe(source), await probe(output)];
    expect(after.video.sampleAspectRatio).toEqual({ num: 16, den: 11 });
    expect(after.video.colour).toEqual(before.video.colour);
    expect(after.video.colour.space).toBe('bt709');
    const turned = join(folder, 'turned.mp4');
    await runFfmpeg('-display_rotation', '90', '-i', source, '-c', 'copy', turned).catch(() =>
      runFfmpeg('-i', source, '-c', 'copy', '-metadata:s:v', 'rotate=270', turned),
    );
    const rotated = await probe(turned);
    const upright = join(folder, 'upright.mp4');
    await colourFilm(turned, upright);
    const result = await probe(upright);
    expect([rotated.video.rotation % 180, result.video.rotation]).toEqual([90, 0]);
    expect([result.video.width, result.video.height]).toEqual([48, 64]);
    expect(result.video.sampleAspectRatio).toEqual({ num: 11, den: 16 });
  });

  it('keeps the full range of a source in a lossless film', async () => {
    const source = await makeClip({ folder, name: 'full.mkv', encoder: 'mjpeg', pixelFormat: 'yuvj420p' });
    const output = join(folder, 'full.out.mkv');
    const part = `${output}.part.mov`;
    await writePart(source, part, { codec: 'ffv1' });
    await joinFilm({ parts: [part], source: await probe(source), output, container: 'matroska' });
    expect((await probe(source)).video.colour.range).toBe('full');
    expect((await probe(output)).video.colour.range).toBe('full');
  });

  const friday = sharedFile('clips/bw_friday.mp4');
  it.skipIf(friday === undefined)(
    'colours shared/clips/bw_friday.mp4 with its 185 frames and untouched sound (skipped without shared/)',
    async () => {
      const output = join(folder, 'friday.mp4');
      await colourFilm(friday!, output);
      await expectSameTimes(output, friday!, 1e-9);
      expect((await framePts(output)).length).toBe(185);
      expect(await soundMd5(output)).toBe(await soundMd5(friday!));
    },
  );
});
