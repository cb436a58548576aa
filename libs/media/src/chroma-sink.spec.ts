import {
  framePts,
  makeClip,
  planeMd5s,
  runFfmpeg,
  runFfprobe,
  scratchDir,
  type ClipOptions,
} from '@kinemacolor/testing';
import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  inspectPart,
  openChromaSink,
  openLuma,
  probe,
  Spool,
  type ChromaSink,
  type ChromaSinkOptions,
  type MediaInfo,
  type SinkResult,
} from './index.js';

const folder = scratchDir();
const width = 16;
const height = 12;

type Options = Partial<Omit<ChromaSinkOptions, 'target'>> & {
  u?: number;
  v?: number;
  startFrame?: number;
  readLimit?: number;
};

/** Reads the luma of `source`, gives every frame the same colour, and writes a part. */
async function colour(
  source: string,
  output: string,
  { u = 90, v = 160, startFrame = 0, readLimit = Infinity, ...options }: Options = {},
): Promise<SinkResult> {
  const info = await probe(source);
  const luma = await openLuma(info, { width, height, startFrame });
  const sink = await openChromaSink(info, {
    codec: 'ffv1',
    ...options,
    width,
    height,
    target: { kind: 'part', path: output, startFrame },
  });
  const planes = { u: new Uint8Array(width * height).fill(u), v: new Uint8Array(width * height).fill(v) };
  try {
    for await (const { index, pts } of luma) {
      if (index >= readLimit) break;
      await sink.write({ index, pts, ...planes });
    }
    return await sink.finish();
  } finally {
    await sink.abort();
    await luma.close();
  }
}

describe('the luma of a colour film is the source’s, frame by frame', () => {
  const gray = 'format=gray';
  const cases: readonly (Partial<ClipOptions> & { what: string; as?: string })[] = [
    { what: '8 bit 4:2:0' },
    { what: '8 bit 4:2:2', pixelFormat: 'yuv422p' },
    { what: '8 bit 4:4:4', pixelFormat: 'yuv444p' },
    { what: '10 bit 4:2:0', pixelFormat: 'yuv420p10le' },
    { what: '10 bit 4:2:2', pixelFormat: 'yuv422p10le' },
    { what: '12 bit 4:2:0', pixelFormat: 'yuv420p12le', encoder: 'ffv1', name: '12.mkv' },
    { what: 'an odd size', width: 65, height: 47, pixelFormat: 'yuv444p' },
    { what: 'an odd size in 4:2:0', width: 65, height: 47, encoder: 'ffv1', name: 'odd420.mkv' },
    { what: 'grey', pixelFormat: 'gray', encoder: 'ffv1', name: 'gray.mkv', filters: gray },
    { what: '10 bit grey', pixelFormat: 'gray10le', encoder: 'ffv1', name: 'gray10.mkv' },
    { what: 'full range', pixelFormat: 'yuvj420p', name: 'full.mp4', options: ['-color_range', 'pc'] },
    { what: 'full-range motion JPEG', pixelFormat: 'yuvj422p', encoder: 'mjpeg', name: 'jpeg.avi' },
    { what: '10 bit 4:2:2 packed (v210)', pixelFormat: 'yuv422p10le', encoder: 'v210', name: 'v210.mov' },
    { what: 'packed 4:2:2', pixelFormat: 'yuyv422', encoder: 'rawvideo', name: 'packed.avi' },
  ];
  it.each(cases)('$what', async ({ what, ...clip }) => {
    const name = clip.name ?? `${what.replace(/\W+/g, '-')}.mp4`;
    const source = await makeClip({ ...clip, folder, name });
    const output = join(folder, `${name}.part.mov`);
    const result = await colour(source, output);
    expect(result.frames).toBe(20);
    const info = await probe(output);
    const original = await probe(source);
    expect([info.video.width, info.video.height]).toEqual([original.video.width, original.video.height]);
    const packed = { v210: 'yuv422p10le', rawvideo: 'yuv422p' }[clip.encoder ?? ''];
    expect(await planeMd5s(output, 'y')).toEqual(await planeMd5s(source, 'y', packed));
  });
});

describe('RGB', () => {
  it('is turned into YUV once, and that luma is kept', async () => {
    const source = await makeClip({ folder, name: 'rgb.mkv', pixelFormat: 'bgr0', encoder: 'ffv1' });
    const output = join(folder, 'rgb.mov');
    await colour(source, output);
    const once = await runFfmpeg(
      '-i',
      source,
      '-vf',
      'scale=out_color_matrix=bt601:out_range=limited,format=yuv444p,extractplanes=y',
      '-f',
      'md5',
      '-',
    );
    const kept = await runFfmpeg('-i', output, '-vf', 'extractplanes=y', '-f', 'md5', '-');
    expect(String(kept)).toBe(String(once));
    const film = join(folder, 'rgb-h264.mov');
    await colour(source, film, { codec: 'h264' });
    expect((await probe(film)).video.colour).toMatchObject({ space: 'smpte170m', range: 'limited' });
  });
});

describe('colour values', () => {
  const tagged = (space: string): string[] => [
    '-colorspace',
    space,
    '-color_primaries',
    'bt709',
    '-color_trc',
    'bt709',
  ];
  const matrix601 = (value: number, factor: number): number => Math.round(128 + (value - 128) * factor);
  const u709 = 1.772 / 1.8556;
  const v709 = 1.402 / 1.5748;
  const tv = 224 / 255;
  it.each([
    { what: 'untagged small film: BT.601, limited', options: [], factors: [tv, tv] },
    { what: 'BT.709, limited', options: tagged('bt709'), factors: [u709 * tv, v709 * tv] },
    {
      what: 'BT.709, full',
      options: [...tagged('bt709'), '-color_range', 'pc'],
      pixelFormat: 'yuvj420p',
      factors: [u709, v709],
    },
    {
      what: 'BT.2020, limited, 10 bit',
      options: tagged('bt2020nc'),
      pixelFormat: 'yuv420p10le',
      factors: [(1.772 / 1.8814) * tv, (1.402 / 1.4746) * tv],
      scale: 4,
    },
    { what: 'untagged high film: BT.709', options: [], height: 720, factors: [u709 * tv, v709 * tv] },
    {
      what: '10 bit without scaling',
      options: [],
      pixelFormat: 'yuv444p10le',
      width: 16,
      height: 12,
      factors: [tv, tv],
      scale: 4,
      subsampling: '444' as const,
    },
    { what: 'half saturation', options: [], factors: [tv / 2, tv / 2], saturation: 0.5 },
  ])('$what', async ({ what, factors, scale = 1, saturation = 1, subsampling, ...clip }) => {
    const source = await makeClip({ ...clip, folder, name: `${what.replace(/\W+/g, '-')}.mp4`, frames: 2 });
    const output = `${source}.mov`;
    await colour(source, output, { u: 60, v: 200, saturation, ...(subsampling === undefined ? {} : { subsampling }) });
    for (const [place, plane] of (['u', 'v'] as const).entries()) {
      const bytes = await runFfmpeg('-i', output, '-vf', `extractplanes=${plane}`, '-f', 'rawvideo', '-');
      const samples =
        scale === 1 ? new Set(bytes) : new Set(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2));
      expect([...samples]).toEqual([scale * matrix601([60, 200][place]!, factors[place]!)]);
    }
  });
});

describe('codecs', () => {
  it.each(['h264', 'hevc', 'av1', 'prores'] as const)('%s', async (codec) => {
    const source = await makeClip({ folder, name: `codec-${codec}.mp4`, width: 160, height: 128, frames: 12 });
    const output = join(folder, `codec-${codec}.part`);
    expect((await colour(source, output, { codec, segmentFrames: 5 })).frames).toBe(12);
    expect((await inspectPart(output)).frames).toBe(12);
    expect((await inspectPart(output)).keyFrames).toEqual(expect.arrayContaining([0, 5, 10]));
  });
});

describe('what goes wrong', () => {
  let source: string;
  let info: MediaInfo;
  const planes = { u: new Uint8Array(width * height), v: new Uint8Array(width * height) };
  const open = (path: string): Promise<ChromaSink> =>
    openChromaSink(info, { width, height, target: { kind: 'part', path } });
  beforeAll(async () => {
    source = await makeClip({ folder, name: 'wrong.mp4', frames: 30 });
    info = await probe(source);
  });

  it('a gap, a repetition and a frame of another size', async () => {
    const sink = await open(join(folder, 'gap.mov'));
    await sink.write({ index: 0, pts: 0n, ...planes });
    await expect(sink.write({ index: 2, pts: 1024n, ...planes })).rejects.toMatchObject({ code: 'OUT_OF_ORDER' });
    await expect(sink.write({ index: 0, pts: 0n, ...planes })).rejects.toMatchObject({ code: 'OUT_OF_ORDER' });
    await expect(sink.write({ index: 1, pts: 512n, u: planes.u, v: new Uint8Array(3) })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await sink.abort();
    await expect(sink.finish()).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('fewer frames of colour than the film has', async () => {
    await expect(colour(source, join(folder, 'short.mov'), { readLimit: 12 })).rejects.toMatchObject({
      code: 'FRAME_MISMATCH',
    });
  });

  it('more frames of colour than the film has, and other times', async () => {
    const times = await framePts(source);
    for (const shift of [0n, 1n]) {
      const sink = await open(join(folder, `long${shift}.mov`));
      const writing = (async () => {
        for (let index = 0; index < 34; index += 1)
          await sink.write({ index, pts: (times[index] ?? BigInt(index) * 512n) + shift, ...planes });
        return sink.finish();
      })();
      await expect(writing).rejects.toMatchObject({ code: 'FRAME_MISMATCH' });
      await sink.abort();
    }
  });

  it('an output that cannot be written', async () => {
    await expect(colour(source, join(folder, 'no', 'such', 'folder.mov'))).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    });
  });

  it('a part that does not begin at a segment', async () => {
    const target = { kind: 'part', path: join(folder, 'x.mov'), startFrame: 7 } as const;
    await expect(openChromaSink(info, { width, height, target })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('a full disk (skipped where no small disk can be mounted)', async (context) => {
    const small = join(folder, 'small-disk');
    if (!mountSmall(small)) context.skip('no rights to mount a small disk here');
    try {
      const filters = 'noise=alls=80:allf=t';
      const noise = await makeClip({ folder, name: 'noise.mp4', width: 320, height: 180, frames: 20, filters });
      await expect(colour(noise, join(small, 'out.mov'))).rejects.toMatchObject({ code: 'DISK_FULL' });
    } finally {
      spawnSync('umount', [small]);
    }
  });
});

function mountSmall(path: string): boolean {
  spawnSync('mkdir', ['-p', path]);
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', path]).status === 0;
}

describe('a whole film as a stream', () => {
  it.each(['matroska', 'mp4'] as const)(
    'comes out in %s while the source streams in, sound and all',
    async (container) => {
      const source = await makeClip({ folder, name: `in-${container}.ts`, frames: 40, audio: 'aac' });
      const spool = await Spool.from(createReadStream(source));
      const info = await probe({ kind: 'stream', spool });
      const output = join(folder, `out.${container}`);
      const file = createWriteStream(output);
      const sink = await openChromaSink(info, { width, height, target: { kind: 'stream', to: file, container } });
      const planes = { u: new Uint8Array(width * height).fill(90), v: new Uint8Array(width * height).fill(160) };
      for await (const { index, pts } of await openLuma(info, { width, height }))
        await sink.write({ index, pts, ...planes });
      expect((await sink.finish()).frames).toBe(40);
      file.end();
      await finished(file);
      await spool.close();
      const result = await probe(output);
      expect(result.others.map(({ codec }) => codec)).toEqual(['aac']);
      const disposition = ['-select_streams', 'v:0', '-show_entries', 'stream_disposition=default', '-of', 'csv=p=0'];
      expect(await runFfprobe(...disposition, output)).toEqual(['1']);
      const steps = (times: readonly bigint[], { timeBase }: MediaInfo['video']): number[] =>
        times.map((time) => (Number(time - times[0]!) * timeBase.num) / timeBase.den);
      const [got, want] = [steps(await framePts(output), result.video), steps(await framePts(source), info.video)];
      expect(got.length).toBe(want.length);
      for (const [place, time] of want.entries()) expect(Math.abs(got[place]! - time)).toBeLessThan(0.0011);
    },
  );

  it('stops on an abort signal', async () => {
    const source = await makeClip({ folder, name: 'stop.mp4', frames: 100 });
    const abort = new AbortController();
    const target = { kind: 'part', path: join(folder, 'stop.mov') } as const;
    const sink = await openChromaSink(await probe(source), { width, height, target, signal: abort.signal });
    const planes = { u: new Uint8Array(width * height), v: new Uint8Array(width * height) };
    await sink.write({ index: 0, pts: 0n, ...planes });
    abort.abort();
    await expect(sink.write({ index: 1, pts: 512n, ...planes })).rejects.toMatchObject({ code: 'ABORTED' });
    await sink.abort();
    expect(spawnSync('pgrep', ['-f', source]).stdout.toString()).toBe('');
  });
});
