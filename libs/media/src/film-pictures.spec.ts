import { makeClip, scratchDir } from '@kinemacolor/testing';
import { describe, expect, it } from 'vitest';
import { openColour, openLuma, probe, surveyFilm, type ColourFrame, type MediaInfo, type PictureBox } from './index.js';

const folder = scratchDir();
const size = { width: 64, height: 48 };

async function lit(info: MediaInfo): Promise<(PictureBox | undefined)[]> {
  const boxes: (PictureBox | undefined)[] = [];
  for await (const frame of surveyFilm(info, { width: 32, height: 24 })) boxes.push(frame.lit);
  return boxes;
}

async function colours(info: MediaInfo, options: Partial<Parameters<typeof openColour>[1]>): Promise<ColourFrame[]> {
  const frames: ColourFrame[] = [];
  for await (const frame of openColour(info, { every: 1, ...size, ...options })) frames.push(frame);
  return frames;
}

const pixel = (frame: ColourFrame | undefined, x: number, y: number): number[] => [
  ...frame!.rgb.subarray((y * size.width + x) * 3, (y * size.width + x) * 3 + 3),
];

describe('surveyFilm', () => {
  it('sees the frames that openLuma sees, and the bars around each', async () => {
    const path = await makeClip({ folder, name: 'bars.mp4', filters: 'pad=80:64:8:10' }); // prettier-ignore
    const info = await probe(path);
    const grey: Uint8Array[] = [];
    for await (const { luma } of await openLuma(info, { width: 40, height: 32 })) grey.push(luma);
    let index = 0;
    for await (const frame of surveyFilm(info, { width: 40, height: 32 })) {
      expect(frame.index).toBe(index);
      for (const [i, level] of frame.luma.entries()) expect(Math.abs(level - grey[index]![i]!)).toBeLessThanOrEqual(2);
      index += 1;
    }
    expect(index).toBe(20);
    const boxes = await lit(info);
    // Compression smears the edge by a line.
    for (const box of boxes) {
      expect(box!.left).toBeGreaterThanOrEqual(7);
      expect(box!.left).toBeLessThanOrEqual(9);
      expect(Math.abs(box!.top - 10)).toBeLessThanOrEqual(1);
      expect(Math.abs(box!.width - 64)).toBeLessThanOrEqual(2);
      expect(Math.abs(box!.height - 48)).toBeLessThanOrEqual(2);
    }
  });

  it('says that a black frame has nothing lit', async () => {
    const boxes = await lit(await probe(await makeClip({ folder, name: 'black.mp4', picture: 'color=black:s=64x48' })));
    expect(boxes).toHaveLength(20);
    expect(boxes.every((box) => box === undefined)).toBe(true);
  });
});

describe('openColour', () => {
  it.each([
    ['bt709', 'limited'],
    ['smpte170m', 'limited'],
    ['bt709', 'full'],
  ])('gives the colours of %s %s', async (matrix, range) => {
    const to = { bt709: 'bt709', smpte170m: 'bt601' }[matrix];
    const name = `${matrix}-${range}.mkv`;
    const path = await makeClip({
      folder,
      name,
      frames: 3,
      picture: 'color=0xC08030:s=64x48,format=gbrp',
      filters: `scale=out_color_matrix=${to}:out_range=${range === 'full' ? 'pc' : 'tv'},format=yuv444p`,
      pixelFormat: 'yuv444p',
      encoder: 'ffv1',
      options: ['-colorspace', matrix, '-color_range', range === 'full' ? 'pc' : 'tv'],
    });
    for (const frame of await colours(await probe(path), {})) {
      for (const [i, level] of [0xc0, 0x80, 0x30].entries())
        expect(Math.abs(pixel(frame, 30, 20)[i]! - level)).toBeLessThanOrEqual(2);
    }
  });

  it('spreads limited grey over the full range', async () => {
    const path = await makeClip({ folder, name: 'grey.mkv', frames: 2, picture: 'color=white:s=64x48', pixelFormat: 'gray' }); // prettier-ignore
    expect(pixel((await colours(await probe(path), {}))[0], 5, 5)).toEqual([255, 255, 255]);
  });

  it('takes every third frame with its number and time, and crops', async () => {
    // Frame n is a grey of level 10 n on the left, and red on the right.
    const path = await makeClip({
      folder,
      name: 'numbered.mkv',
      frames: 20,
      picture: 'color=black:s=64x48:r=25,format=gbrp',
      filters: "geq=r='if(lt(X,32),10*N,255)':g='if(lt(X,32),10*N,0)':b='if(lt(X,32),10*N,0)'",
      pixelFormat: 'gbrp',
      encoder: 'ffv1',
    });
    const info = await probe(path);
    const taken = await colours(info, { every: 3 });
    expect(taken.map(({ index }) => index)).toEqual([0, 3, 6, 9, 12, 15, 18]);
    for (const frame of taken) {
      expect(frame.seconds).toBeCloseTo(frame.index / 25, 3);
      expect(pixel(frame, 10, 20)).toEqual([10 * frame.index, 10 * frame.index, 10 * frame.index]);
    }
    const [right] = await colours(info, { crop: { left: 32, top: 0, width: 32, height: 48 } });
    expect(pixel(right, 2, 20)).toEqual([255, 0, 0]);
  });

  it('deinterlaces what says that it is interlaced, and keeps numbers and times', async () => {
    // Odd lines show what even lines will show later: a comb, which only an interlaced film may have.
    const path = await makeClip({
      folder,
      name: 'interlaced.mkv',
      frames: 12,
      picture: 'color=black:s=64x48:r=25,format=gray',
      filters: "geq=lum='if(lt(X,4*N+mod(Y,2)*16),255,0)',setfield=tff",
      encoder: 'ffv1',
      options: ['-field_order', 'tt'],
    });
    const info = await probe(path);
    expect(info.video.fieldOrder).toMatch(/^t/);
    const frames = await colours(info, { every: 4 });
    expect(frames.map(({ index, seconds }) => [index, Math.round(seconds * 25)])).toEqual([0, 4, 8].map((n) => [n, n]));
    // Frame 4: even lines are white up to 16, odd ones up to 32. One of the two is left.
    expect(pixel(frames[1], 24, 20)).toEqual(pixel(frames[1], 24, 22));
    expect(Math.abs(pixel(frames[1], 24, 20)[0]! - pixel(frames[1], 24, 21)[0]!)).toBeLessThan(60);
  });

  it('stops ffmpeg with its consumer, and on request', async () => {
    const info = await probe(await makeClip({ folder, name: 'long.mp4', frames: 200 }));
    for await (const { index } of openColour(info, { every: 1, ...size })) if (index === 3) break;
    const stop = new AbortController();
    const reading = (async () => {
      for await (const { index } of openColour(info, { every: 1, ...size, signal: stop.signal }))
        if (index === 3) stop.abort();
    })();
    await expect(reading).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
