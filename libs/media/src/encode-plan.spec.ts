import { makeClip, scratchDir } from '@kinemacolor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { chromaTables } from './chroma-table.js';
import {
  planEncode,
  planStreams,
  probe,
  type EncodeOptions,
  type MediaInfo,
  type OtherStream,
  type VideoStream,
} from './index.js';
import { parsePixelFormat } from './pixel-format.js';

const everything = new Set(['libx264', 'libx265', 'libsvtav1', 'libaom-av1', 'ffv1', 'prores_ks']);
let film: MediaInfo;
beforeAll(async () => {
  film = await probe(await makeClip({ folder: scratchDir(), name: 'film.mp4' }));
});

const plan = (
  pixelFormat: string,
  options: EncodeOptions = {},
  video: Partial<VideoStream> = {},
): ReturnType<typeof planEncode> =>
  planEncode(
    { ...film, video: { ...film.video, pixelFormat: parsePixelFormat(pixelFormat), ...video } },
    options,
    everything,
  );

describe('planEncode', () => {
  it.each([
    ['yuv420p', {}, 'yuv420p', true],
    ['yuv422p10le', {}, 'yuv420p10le', true],
    ['yuv444p12le', { codec: 'hevc' }, 'yuv420p12le', true],
    ['yuv422p', { codec: 'ffv1' }, 'yuv422p', true],
    ['yuv444p16le', { codec: 'ffv1' }, 'yuv444p16le', true],
    ['gray', { codec: 'ffv1' }, 'yuv420p', true],
    ['yuv420p', { codec: 'prores' }, 'yuv422p10le', false],
    ['yuv420p12le', {}, 'yuv420p10le', false],
    ['gbrp', {}, 'yuv420p', false],
    ['pal8', { subsampling: 'source' }, 'yuv444p', false],
    ['p010le', { codec: 'ffv1' }, 'yuv420p10le', true],
  ] as const)('%s with %j becomes %s, luma identical: %s', (source, options, pixelFormat, lumaIdentical) => {
    expect(plan(source, options)).toMatchObject({ pixelFormat, lumaIdentical });
  });

  it('keeps an odd size by full-resolution colour, and says so', () => {
    const odd = plan('yuv420p', {}, { width: 65, height: 47 });
    expect(odd).toMatchObject({ pixelFormat: 'yuv444p', chromaWidth: 65, chromaHeight: 47 });
    expect(odd.notes.join()).toMatch(/odd size/);
    expect(plan('yuv420p', { codec: 'ffv1' }, { width: 65, height: 47 })).toMatchObject({
      pixelFormat: 'yuv420p',
      chromaWidth: 33,
      chromaHeight: 24,
    });
  });

  it('names the encoder that ffmpeg lacks', () => {
    expect(() => planEncode(film, { codec: 'hevc' }, new Set(['libx264']))).toThrow(/libx265/);
  });
});

describe('chromaTables', () => {
  it('keeps neutral neutral and maps by matrix, range and saturation', () => {
    for (const matrix of ['bt601', 'bt709', 'bt2020'] as const)
      expect(chromaTables(matrix, 'limited', 1.5).u[128]).toBe(128);
    expect(chromaTables('bt601', 'full', 1).u[228]).toBe(228);
    expect(chromaTables('bt601', 'limited', 1).v[228]).toBe(Math.round(128 + (100 * 224) / 255));
    expect(chromaTables('bt709', 'full', 1).u[228]).toBe(Math.round(128 + (100 * 1.772) / 1.8556));
    expect(chromaTables('bt2020', 'full', 1).v[28]).toBe(Math.round(128 - (100 * 1.402) / 1.4746));
    expect(chromaTables('bt601', 'limited', 9).u[255]).toBe(240);
    expect(new Set(chromaTables('bt709', 'limited', 0).u)).toEqual(new Set([128]));
  });
});

describe('planStreams', () => {
  const stream = (kind: OtherStream['kind'], codec: string): OtherStream => ({
    index: 1,
    kind,
    codec,
    language: undefined,
    title: undefined,
  });
  it.each([
    ['mp4', 'audio', 'aac', 'copy', undefined],
    ['mp4', 'audio', 'pcm_s16le', 'transcode', 'flac'],
    ['mp4', 'audio', 'vorbis', 'transcode', 'aac'],
    ['mp4', 'subtitle', 'subrip', 'transcode', 'mov_text'],
    ['mp4', 'subtitle', 'hdmv_pgs_subtitle', 'drop', undefined],
    ['mp4', 'attachment', 'ttf', 'drop', undefined],
    ['mp4', 'data', 'bin_data', 'drop', undefined],
    ['mov', 'audio', 'pcm_s16le', 'copy', undefined],
    ['matroska', 'subtitle', 'mov_text', 'transcode', 'srt'],
    ['matroska', 'subtitle', 'hdmv_pgs_subtitle', 'copy', undefined],
    ['matroska', 'attachment', 'ttf', 'copy', undefined],
    ['matroska', 'video', 'h264', 'drop', undefined],
    ['webm', 'audio', 'aac', 'transcode', 'libopus'],
  ] as const)('%s: %s %s → %s %s', (container, kind, codec, action, encoder) => {
    const [got] = planStreams({ ...film, others: [stream(kind, codec)] }, container);
    expect(got).toMatchObject({ action, encoder });
    expect(got!.reason === undefined).toBe(action === 'copy');
  });
});

describe('parsePixelFormat', () => {
  it.each([
    ['yuv420p', 8, '420', false, false],
    ['yuvj422p', 8, '422', false, false],
    ['yuv444p12le', 12, '444', false, false],
    ['nv12', 8, '420', false, false],
    ['p010le', 10, '420', false, false],
    ['p210le', 10, '422', false, false],
    ['yuyv422', 8, '422', false, false],
    ['gray10le', 10, 'none', true, false],
    ['ya8', 8, 'none', true, false],
    ['monow', 8, 'none', true, false],
    ['gbrp10le', 10, 'none', false, true],
    ['rgb48be', 16, 'none', false, true],
    ['pal8', 8, 'none', false, true],
    ['bgr0', 8, 'none', false, true],
    ['rgb565le', 8, 'none', false, true],
    ['yuva420p10le', 10, '420', false, false],
  ] as const)('%s', (name, bitDepth, subsampling, isGray, isRgb) => {
    expect(parsePixelFormat(name)).toEqual({ name, bitDepth, subsampling, isGray, isRgb });
  });
});
