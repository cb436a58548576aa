import { makeClip, runFfprobe, scratchDir } from '@kinemacolor/testing';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  checkCodec,
  joinFilm,
  openChromaSink,
  openLuma,
  probe,
  type TargetContainer,
  type VideoCodec,
} from './index.js';

const folder = scratchDir();
const fits: Readonly<Record<VideoCodec, readonly TargetContainer[]>> = {
  h264: ['mp4', 'mov', 'matroska', 'avi', 'mpegts'],
  hevc: ['mp4', 'mov', 'matroska', 'mpegts'],
  av1: ['mp4', 'matroska', 'webm'],
  ffv1: ['mov', 'matroska', 'avi'],
  prores: ['mov', 'matroska'],
};
const codecs = Object.keys(fits) as VideoCodec[];
const containers: readonly TargetContainer[] = ['mp4', 'mov', 'matroska', 'webm', 'avi', 'mpegts'];

describe.each(codecs)('%s', (codec) => {
  const part = join(folder, `${codec}.part`);
  let source: string;
  beforeAll(async () => {
    source = await makeClip({ folder, name: `source-${codec}.mp4`, width: 128, height: 128, frames: 10 });
    const info = await probe(source);
    const size = { width: 16, height: 16 };
    const sink = await openChromaSink(info, { ...size, codec, target: { kind: 'part', path: part } });
    const plane = new Uint8Array(256).fill(150);
    for await (const { index, pts } of await openLuma(info, size)) await sink.write({ index, pts, u: plane, v: plane });
    await sink.finish();
  });

  it.each(fits[codec])('makes a film in %s that can be decoded', async (container) => {
    checkCodec(codec, container);
    const output = join(folder, `${codec}.${container}`);
    await joinFilm({ parts: [part], source: await probe(source), output, container });
    const asked = ['-select_streams', 'v:0', '-count_frames', '-show_entries', 'stream=codec_name,nb_read_frames'];
    expect((await runFfprobe(...asked, '-of', 'csv=p=0', output))[0]).toBe(`${codec},10`);
  });

  it.each(containers.filter((container) => !fits[codec].includes(container)))('is refused in %s', (container) => {
    expect(() => {
      checkCodec(codec, container);
    }).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(container) as string }),
    );
  });
});
