import { framePts, makeClip, makeVfrClip, runFfmpeg, runFfprobe, scratchDir } from '@kinemacolor/testing';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { boxesIn } from './box-tree.js';
import { readFragment } from './fragment.js';
import {
  joinFilm,
  openChromaSink,
  openFilmMux,
  openLuma,
  openSegmentSink,
  probe,
  Spool,
  type MediaInfo,
  type MuxContainer,
  type Segment,
  type SegmentSinkOptions,
  type VideoCodec,
} from './index.js';

const folder = scratchDir();
const [width, height] = [16, 12];
let made = 0;

async function segmentsOf(
  source: string,
  codec: VideoCodec,
  options: Pick<SegmentSinkOptions, 'segmentFrames' | 'startFrame' | 'preset'>,
): Promise<Segment[]> {
  const info = await probe(source);
  const into = join(folder, `segments-${(made += 1)}`);
  await mkdir(into);
  const sink = await openSegmentSink(info, { ...options, width, height, codec, folder: into });
  const segments: Segment[] = [];
  const reading = (async () => {
    for await (const segment of sink.segments) segments.push(segment);
  })();
  for await (const { index, pts } of await openLuma(info, { width, height, startFrame: options.startFrame ?? 0 })) {
    const u = new Uint8Array(width * height).fill(100 + (index % 50));
    await sink.write({ index, pts, u, v: u });
  }
  await sink.finish();
  await reading;
  return segments;
}

interface Pace {
  /** Milliseconds before each segment. */
  readonly segment?: number;
  /** Milliseconds after each piece of the output. */
  readonly output?: number;
}

/** Muxes and gives the film's bytes. */
async function mux(
  source: MediaInfo,
  segments: readonly Segment[],
  container: MuxContainer,
  codec: VideoCodec,
  { segment = 0, output = 0 }: Pace = {},
): Promise<Buffer> {
  const film = await openFilmMux(source, { container, codec, folder });
  const pieces: Uint8Array[] = [];
  const reading = (async () => {
    for await (const piece of film.output) {
      pieces.push(piece);
      if (output > 0) await setTimeout(output);
    }
  })();
  for (const { path } of segments) {
    if (segment > 0) await setTimeout(segment);
    await film.add(path);
  }
  await film.finish();
  await reading;
  return Buffer.concat(pieces);
}

/** The source, streaming in at a pace. */
async function streamed(path: string, pace: number): Promise<{ info: MediaInfo; spool: Spool }> {
  async function* pieces(): AsyncGenerator<Buffer> {
    const chunks = createReadStream(path, { highWaterMark: 8192 }) as AsyncIterable<Buffer>;
    for await (const piece of chunks) {
      if (pace > 0) await setTimeout(pace);
      yield piece;
    }
  }
  const spool = await Spool.from(Readable.from(pieces(), { objectMode: false }), { readers: 1 });
  return { info: await probe({ kind: 'stream', spool }), spool };
}

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const subtitles = '1\n00:00:00,300 --> 00:00:00,900\nEarly\n\n2\n00:00:04,800 --> 00:00:05,600\nLate\n';
const size = { width: 160, height: 120, frames: 150 };

async function withSubtitles(name: string, ...options: string[]): Promise<string> {
  const plain = await makeClip({ folder, name: `plain-${name}`, ...size, audio: 'aac' });
  const words = join(folder, 'words.srt');
  await writeFile(words, subtitles);
  const path = join(folder, name);
  await runFfmpeg('-i', plain, '-i', words, '-map', '0', '-map', '1', '-c', 'copy', '-c:s', 'srt', ...options, path);
  return path;
}

/** A source with its segments, which one encoding makes for all containers. */
interface Encoded {
  readonly path: string;
  readonly segments: Segment[];
}
const encoded = new Map<string, Promise<Encoded>>();

function encodedOnce(what: string, make: () => Promise<string>): Promise<Encoded> {
  const before = encoded.get(what);
  if (before !== undefined) return before;
  const making = (async () => {
    const path = await make();
    return { path, segments: await segmentsOf(path, 'h264', { segmentFrames: 50 }) };
  })();
  encoded.set(what, making);
  return making;
}

describe.each(['matroska', 'mp4', 'mpegts'] as MuxContainer[])('in %s', (container) => {
  const sources = [
    { what: 'with sound', make: () => makeClip({ folder, name: 'sound.mkv', ...size, audio: 'aac' }) },
    { what: 'with sound and seldom subtitles', make: () => withSubtitles('words.mkv') },
    { what: 'without sound', make: () => makeClip({ folder, name: 'mute.mkv', ...size }) },
    {
      what: 'of uneven times, with sound that ends early',
      make: () =>
        makeVfrClip({
          folder,
          name: 'uneven.mkv',
          ...size,
          audio: 'aac',
          options: ['-t', '9', '-af', 'atrim=end=3'],
        }),
    },
    {
      what: 'from a transport stream',
      make: () => makeClip({ folder, name: 'in.ts', ...size, audio: 'aac' }),
    },
  ];
  it.each(sources)('a film $what is the same bytes whatever comes late', async ({ what, make }) => {
    const { path, segments } = await encodedOnce(what, make);
    const info = await probe(path);
    const film = await mux(info, segments, container, 'h264');
    expect(sha(await mux(info, segments, container, 'h264', { segment: 150, output: 3 }))).toBe(sha(film));
    const { info: late, spool } = await streamed(path, 3);
    expect(sha(await mux(late, segments, container, 'h264'))).toBe(sha(film));
    await spool.close();
    const output = await written(film);
    expect(await steps(output)).toEqual(await steps(path));
    const shift = (await offset(output)) - (await offset(path));
    // Matroska counts milliseconds, and sound that is encoded anew begins with a frame of the encoder's own.
    const isEncoded = container === 'matroska' && path.endsWith('.ts');
    expect(Math.abs(isEncoded ? shift + 1024 / 48_000 : shift)).toBeLessThan(container === 'matroska' ? 0.0011 : 2e-5);
    if ((await probe(output)).others.some(({ kind }) => kind === 'audio') && !path.endsWith('.ts'))
      expect(await soundMd5(output)).toBe(await soundMd5(path));
  });
});

/** Milliseconds of each picture after the first, rounded. */
async function steps(path: string): Promise<number[]> {
  const { timeBase } = (await probe(path)).video;
  const times = await framePts(path);
  return times.map((pts) => Math.round((Number(pts - times[0]!) * timeBase.num * 1000) / timeBase.den));
}

/** Seconds from the first picture to the first sound; 0 without sound. */
async function offset(path: string): Promise<number> {
  const start = async (stream: string): Promise<number | undefined> => {
    const lines = await runFfprobe(
      '-select_streams',
      stream,
      '-show_entries',
      'stream=start_time',
      '-of',
      'csv=p=0',
      path,
    );
    return lines.length === 0 ? undefined : Number(lines.at(-1));
  };
  const [picture = 0, sound = picture] = [await start('v:0'), await start('a:0')];
  return sound - picture;
}

const soundMd5 = async (path: string): Promise<string> =>
  String(await runFfmpeg('-i', path, '-map', '0:a', '-c', 'copy', '-bsf:a', 'aac_adtstoasc', '-f', 'md5', '-'));

async function written(film: Buffer): Promise<string> {
  const path = join(folder, `film-${(made += 1)}`);
  await writeFile(path, film);
  return path;
}

describe('every codec', () => {
  const fits: readonly [VideoCodec, MuxContainer][] = [
    ['hevc', 'matroska'],
    ['hevc', 'mp4'],
    ['hevc', 'mpegts'],
    ['av1', 'matroska'],
    ['av1', 'mp4'],
    ['ffv1', 'matroska'],
    ['prores', 'matroska'],
  ];
  it.each(fits)('%s in %s has the same pictures when a second encoder goes on', async (codec, container) => {
    const source = await makeVfrClip({
      folder,
      name: `codec-${codec}-${container}.mp4`,
      ...size,
      frames: 60,
      audio: 'aac',
    });
    const info = await probe(source);
    const straight = await segmentsOf(source, codec, { segmentFrames: 20 });
    const resumed = [straight[0]!, ...(await segmentsOf(source, codec, { segmentFrames: 20, startFrame: 20 }))];
    const [whole, pieced] = [
      await written(await mux(info, straight, container, codec)),
      await written(await mux(info, resumed, container, codec)),
    ];
    expect(await steps(pieced)).toEqual(await steps(source));
    expect(await steps(whole)).toEqual(await steps(source));
    const pictures = async (path: string): Promise<string> =>
      String(await runFfmpeg('-i', path, '-map', '0:v', '-fps_mode', 'passthrough', '-f', 'framemd5', '-'));
    if (codec === 'ffv1' || codec === 'prores') expect(await pictures(pieced)).toBe(await pictures(whole));
  });

  it('is refused where the container cannot hold it', async () => {
    const info = await probe(await makeClip({ folder, name: 'misfit.mp4' }));
    await expect(openFilmMux(info, { container: 'mpegts', codec: 'ffv1', folder })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });
});

interface Described {
  readonly format: { readonly tags?: unknown };
  readonly streams: readonly unknown[];
  readonly chapters: readonly unknown[];
}

describe('what is kept', () => {
  const withoutSize = ({ format, streams, chapters }: Described): Described => ({
    format: { tags: format.tags },
    streams,
    chapters,
  });

  /** Everything that a player sees of the streams, chapters and tags. */
  async function described(path: string): Promise<Described> {
    const [json] = [
      (
        await runFfprobe(
          ...['-show_streams', '-show_chapters', '-show_format', '-of', 'json=c=1', '-show_entries'],
          'stream=codec_type,codec_name,width,height,sample_aspect_ratio,color_range,color_space,color_transfer,color_primaries,field_order,channels,sample_rate:stream_tags=language,title,filename,mimetype:stream_disposition=default,forced,attached_pic,comment:chapter=start_time,end_time:chapter_tags:format_tags=title,artist,comment',
          path,
        )
      ).join('\n'),
    ];
    return withoutSize(JSON.parse(json) as Described);
  }

  async function today(source: string, container: 'matroska' | 'mp4'): Promise<string> {
    const info = await probe(source);
    const path = join(folder, `today-${(made += 1)}`);
    const to = createWriteStream(path);
    const sink = await openChromaSink(info, { width, height, target: { kind: 'stream', to, container } });
    const planes = { u: new Uint8Array(width * height), v: new Uint8Array(width * height) };
    for await (const { index, pts } of await openLuma(info, { width, height }))
      await sink.write({ index, pts, ...planes });
    await sink.finish();
    to.end();
    await finished(to);
    return path;
  }

  async function rich(name: string): Promise<string> {
    const tags = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'];
    const plain = await makeClip({
      folder,
      name: `plain-${name}`,
      ...size,
      audio: 'aac',
      filters: 'setsar=16/11',
      options: tags,
    });
    const [words, chapters, cover] = ['words.srt', 'chapters.txt', 'cover.jpg'].map((file) => join(folder, file)) as [
      string,
      string,
      string,
    ];
    await writeFile(words, subtitles);
    await writeFile(
      chapters,
      ';FFMETADATA1\ntitle=A film; it\\=s\nartist=Two\\\nlines\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=4000\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=4000\nEND=8000\ntitle=Two #2\n',
    );
    await runFfmpeg('-f', 'lavfi', '-i', 'color=red:size=64x64', '-frames:v', '1', cover);
    const path = join(folder, name);
    const isMp4 = name.endsWith('.mp4');
    await runFfmpeg(
      ...['-i', plain, '-i', words, '-i', chapters, '-i', cover, '-map', '0', '-map', '1', '-map', '0:a'],
      ...(isMp4
        ? ['-map', '3', '-disposition:v:1', 'attached_pic']
        : ['-attach', chapters, '-metadata:s:t', 'mimetype=text/plain']),
      ...['-map_metadata', '2', '-map_chapters', '2', '-c', 'copy', '-c:s', isMp4 ? 'mov_text' : 'srt'],
      ...['-metadata:s:a:0', 'language=fin', '-metadata:s:v:0', 'language=swe', '-metadata:s:a:1', 'title=Again'],
      ...['-disposition:a:1', 'comment', '-disposition:s:0', 'forced', path],
    );
    return path;
  }

  it.each([
    ['rich.mkv', 'matroska'],
    ['rich.mkv', 'mp4'],
    ['rich.mp4', 'mp4'],
    ['rich.mp4', 'matroska'],
  ] as const)('%s in %s is what the sink of whole films makes', async (name, container) => {
    const { path: source, segments } = await encodedOnce(name, () => rich(name));
    const info = await probe(source);
    const film = await written(await mux(info, segments, container, 'h264'));
    expect(await described(film)).toEqual(await described(await today(source, container)));
    expect((await probe(film)).chapters).toBe(2);
    expect((await probe(film)).others.length).toBeGreaterThan(2);
    await runFfmpeg('-xerror', '-i', film, '-map', '0:v:0', '-map', '0:a', '-f', 'null', '-');
  });

  it('converted subtitles in MP4 have the times of a joined film, and nothing between them', async () => {
    const cue = (start: string, end: string, text: string): string =>
      `1\n00:00:0${start} --> 00:00:0${end}\n${text}\n\n`;
    const [many, one] = [join(folder, 'many.srt'), join(folder, 'one.srt')];
    // The second follows the first soon, the third the second at once; then nothing for long, and one up to the end.
    const words = [['0,300', '0,900', 'Early'], ['1,000', '2,500', '<i>Two</i>'], ['2,500', '2,900', '3'], ['5,500', '6,000', 'Late']]; // prettier-ignore
    await writeFile(many, words.map(([start, end, text]) => cue(start!, end!, text!)).join(''));
    await writeFile(one, cue('3,000', '3,500', 'Alone'));
    const plain = await makeClip({ folder, name: 'plain-cues.mkv', frames: 150, audio: 'aac' });
    const source = join(folder, 'cues.mkv');
    const maps = ['-map', '0', '-map', '1', '-map', '2'];
    await runFfmpeg('-i', plain, '-i', many, '-i', one, ...maps, '-c', 'copy', '-c:s', 'srt', source);
    const info = await probe(source);
    const part = join(folder, 'cues.mov');
    const sink = await openChromaSink(info, { width, height, target: { kind: 'part', path: part } });
    const planes = { u: new Uint8Array(width * height), v: new Uint8Array(width * height) };
    for await (const { index, pts } of await openLuma(info, { width, height }))
      await sink.write({ index, pts, ...planes });
    await sink.finish();
    const joined = join(folder, 'cues-joined.mp4');
    await joinFilm({ parts: [part], source: info, output: joined, container: 'mp4' });
    const film = await mux(info, await segmentsOf(source, 'h264', { segmentFrames: 50 }), 'mp4', 'h264');
    // Sound is track 3.
    for (const [place, track] of [4, 5].entries()) {
      const wanted = await runFfprobe(
        ...['-select_streams', `s:${place}`, '-show_entries', 'packet=pts,duration,size', '-of', 'csv=p=0', joined],
      );
      expect(samplesOf(film, track)).toEqual(wanted);
      expect(wanted.length).toBe(place === 0 ? 7 : 2);
    }
  });

  /** Time, duration and size of a track's samples; what shows nothing lasts until the next, and the last such is left out. */
  function samplesOf(film: Buffer, track: number): string[] {
    const samples = boxesIn(film)
      .filter(({ type }) => type === 'moof')
      .map(({ whole }) => readFragment(whole, { duration: 0, size: 0, flags: 0 }))
      .filter((fragment) => fragment.track === track)
      .map(({ decodeTime, samples: [sample] }) => ({ ...sample!, start: Number(decodeTime) }));
    const isNothing = (size: number): boolean => size === 2;
    expect(isNothing(samples.at(-1)!.size)).toBe(true);
    return samples.slice(0, -1).map(({ start, duration, size: bytes }, at) => {
      const lasts = isNothing(bytes) ? samples[at + 1]!.start - start : duration;
      return [start, lasts, bytes].join(',');
    });
  }

  it.each(['mp4', 'mkv'])(
    'says in the header of Matroska how long it is, as the source does (%s)',
    async (extension) => {
      const options = extension === 'mp4' ? ['-movflags', '+faststart'] : [];
      const source = await makeClip({ folder, name: `long.${extension}`, frames: 60, audio: 'aac', options });
      const segments = await segmentsOf(source, 'h264', { segmentFrames: 50 });
      const { info, spool } = await streamed(source, 0);
      const film = await written(await mux(info, segments, 'matroska', 'h264'));
      await spool.close();
      for (const path of [film, await today(source, 'matroska')]) {
        const [seconds] = await runFfprobe('-show_entries', 'format=duration', '-of', 'csv=p=0', path);
        expect(Math.abs(Number(seconds) - 2.4)).toBeLessThan(0.1);
      }
    },
  );

  it('keeps the full range of a lossless film', async () => {
    const source = await makeClip({ folder, name: 'full.mkv', encoder: 'mjpeg', pixelFormat: 'yuvj420p' });
    const segments = await segmentsOf(source, 'ffv1', { segmentFrames: 50 });
    const film = await written(await mux(await probe(source), segments, 'matroska', 'ffv1'));
    expect((await probe(film)).video.colour.range).toBe('full');
  });

  it.each(['matroska', 'mp4', 'mpegts'] as const)(
    'takes a source in %s whose codec gives no pulse',
    async (container) => {
      const source = await makeClip({
        folder,
        name: `huff-${container}.mkv`,
        ...size,
        frames: 60,
        encoder: 'huffyuv',
        pixelFormat: 'yuv422p',
        audio: 'aac',
      });
      const segments = await segmentsOf(source, 'h264', { segmentFrames: 20 });
      const film = await written(await mux(await probe(source), segments, container, 'h264'));
      expect((await probe(film)).others.map(({ codec }) => codec)).toEqual(['aac']);
      expect(await soundMd5(film)).toBe(await soundMd5(source));
      expect(await steps(film)).toEqual(await steps(source));
    },
  );
});

describe('while it goes on', () => {
  it.each(['matroska', 'mp4', 'mpegts'] as const)(
    '%s comes out before the second segment is there',
    async (container) => {
      const source = await makeClip({ folder, name: `early-${container}.mkv`, ...size, audio: 'aac' });
      const [first, ...others] = await segmentsOf(source, 'h264', { segmentFrames: 100 });
      const film = await openFilmMux(await probe(source), { container, codec: 'h264', folder });
      await film.add(first!.path);
      const output = film.output[Symbol.asyncIterator]();
      let bytes = 0;
      // Nothing more is added until a part of the first segment's pictures came out.
      while (bytes < 20_000) {
        const next = await output.next();
        if (next.done === true) throw new Error('The film ended before its first pictures.');
        bytes += next.value.length;
      }
      const draining = (async () => {
        while ((await output.next()).done !== true);
      })();
      for (const { path } of others) await film.add(path);
      await film.finish();
      await draining;
    },
  );

  it('a source that streams in is not read far ahead of a slow encoder, though its sound ends early', async () => {
    const source = await makeClip({
      folder,
      name: 'noise.mkv',
      width: 320,
      height: 240,
      frames: 800,
      audio: 'aac',
      filters: 'noise=alls=60:allf=t',
      options: ['-af', 'atrim=end=5', '-preset', 'ultrafast'],
    });
    const { size: bytes } = await stat(source);
    const segments = await segmentsOf(source, 'h264', { segmentFrames: 100 });
    const spool = await Spool.from(createReadStream(source), {
      readers: 1,
      aheadBytes: 256 * 1024,
      chunkBytes: 256 * 1024,
    });
    const info = await probe({ kind: 'stream', spool });
    const film = await openFilmMux(info, { container: 'matroska', codec: 'h264', folder });
    let taken = 0;
    const reading = (async () => {
      for await (const piece of film.output) taken += piece.length;
    })();
    let held = 0;
    for (const [place, { path, startFrame, frames }] of segments.entries()) {
      await film.add(path);
      if (place > 1) continue;
      // Until nothing moves any more.
      for (let before = -1; before !== spool.bytesWritten + taken;) {
        before = spool.bytesWritten + taken;
        await setTimeout(300);
      }
      held = Math.max(held, spool.bytesHeld);
      // Seconds of the source beyond what was added: what the pipes hold, and what waits for seldom streams.
      const ahead = (spool.bytesWritten / bytes) * 32 - (startFrame + frames) / 25;
      expect(ahead).toBeLessThan(14);
    }
    expect(held).toBeLessThan(bytes / 4);
    await film.finish();
    await reading;
    await spool.close();
  });
});

describe('what goes wrong', () => {
  let source: string;
  let info: MediaInfo;
  let segments: Segment[];
  beforeAll(async () => {
    source = await makeClip({ folder, name: 'wrong.mp4', ...size, audio: 'aac' });
    info = await probe(source);
    segments = await segmentsOf(source, 'h264', { segmentFrames: 50 });
  });
  const options = { container: 'matroska', codec: 'h264', folder } as const;

  it.each([
    { what: 'a segment twice', code: 'FRAME_MISMATCH', paths: () => [segments[0]!.path, segments[0]!.path] },
    { what: 'no such file', code: 'NOT_FOUND', paths: () => [segments[0]!.path, join(folder, 'none.mp4')] },
    { what: 'no segment', code: 'DAMAGED', paths: () => [segments[0]!.path, source] },
    {
      what: 'a segment of other settings',
      code: 'FRAME_MISMATCH',
      paths: async () => [
        segments[0]!.path,
        (await segmentsOf(source, 'h264', { segmentFrames: 50, startFrame: 50, preset: 'ultrafast' }))[0]!.path,
      ],
    },
    {
      what: 'half a segment',
      code: 'DAMAGED',
      paths: async () => {
        const half = join(folder, 'half.mp4');
        const bytes = await readFile(segments[1]!.path);
        await writeFile(half, bytes.subarray(0, bytes.length - 1000));
        return [segments[0]!.path, half];
      },
    },
  ])('$what', async ({ code, paths }) => {
    const film = await openFilmMux(info, options);
    const reading = (async () => {
      for await (const piece of film.output) expect(piece.length).toBeGreaterThan(0);
    })();
    const ended = expect(reading).rejects.toMatchObject({ code });
    const adding = (async () => {
      for (const path of await paths()) await film.add(path);
      await film.finish();
    })();
    await expect(adding).rejects.toMatchObject({ code });
    await ended;
    // Services tell it to clients.
    if (code === 'DAMAGED') expect(String(await adding.catch((thrown: unknown) => thrown))).not.toContain(folder);
    await film.abort();
  });

  it('nothing added', async () => {
    const film = await openFilmMux(info, options);
    await expect(film.finish()).rejects.toMatchObject({ code: 'FRAME_MISMATCH' });
    await expect(film.output[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'FRAME_MISMATCH' });
  });

  it('an abort, by call, by signal and by leaving the loop', async () => {
    for (const how of ['call', 'signal', 'leave'] as const) {
      const abort = new AbortController();
      const film = await openFilmMux(info, { ...options, signal: abort.signal });
      await film.add(segments[0]!.path);
      const reading = (async () => {
        for await (const piece of film.output) {
          expect(piece.length).toBeGreaterThan(0);
          if (how === 'leave') break;
          if (how === 'signal') abort.abort();
          else await film.abort();
        }
      })();
      if (how === 'leave') await reading;
      else await expect(reading).rejects.toMatchObject({ code: 'ABORTED' });
      await expect(film.finish()).rejects.toMatchObject({ code: 'ABORTED' });
      expect(spawnSync('pgrep', ['-f', source]).stdout.toString()).toBe('');
    }
  });

  it('a source that breaks off', async () => {
    const filters = 'noise=alls=60:allf=t';
    const whole = await readFile(await makeClip({ folder, name: 'breaks.ts', ...size, audio: 'aac', filters }));
    let breakOff = (): void => undefined;
    const told = new Promise<void>((resolve) => (breakOff = resolve));
    async function* broken(): AsyncGenerator<Buffer> {
      yield whole.subarray(0, 600_000);
      await told;
      throw new Error('the line went dead');
    }
    const spool = await Spool.from(Readable.from(broken(), { objectMode: false }), { readers: 1 });
    const streamedInfo = await probe({ kind: 'stream', spool });
    breakOff();
    const film = await openFilmMux(streamedInfo, options);
    const reading = (async () => {
      for await (const piece of film.output) expect(piece.length).toBeGreaterThan(0);
    })();
    await expect(reading).rejects.toThrow(/the line went dead/);
    await film.abort();
    await spool.close();
  });
});
