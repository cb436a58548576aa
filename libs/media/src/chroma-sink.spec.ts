import {
  framePts,
  makeClip,
  makeVfrClip,
  planeMd5s,
  runFfmpeg,
  runFfprobe,
  scratchDir,
  type ClipOptions,
} from '@kinemacolor/testing';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openChromaSink, openLuma, probe, type ChromaSinkOptions, type SinkResult } from './index.js';

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

const relative = (times: readonly bigint[]): bigint[] => times.map((time) => time - (times[0] ?? 0n));

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
    expect(relative(await framePts(output)).length).toBe(20);
  });
});
