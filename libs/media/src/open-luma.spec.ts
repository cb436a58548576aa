import { framePts, makeClip, makeVfrClip, runFfmpeg, scratchDir } from '@kinemacolor/testing';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { openLuma, probe, Spool, type LumaFrame, type LumaOptions } from './index.js';

const folder = scratchDir();
const size = { width: 16, height: 12 };

async function collect(frames: AsyncIterable<LumaFrame>): Promise<LumaFrame[]> {
  const all: LumaFrame[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
}

async function allFrames(path: string, options: Partial<LumaOptions> = {}): Promise<LumaFrame[]> {
  return collect(await openLuma(await probe(path), { ...size, ...options }));
}

const processesOf = async (word: string): Promise<string> => {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve) =>
    execFile('pgrep', ['-f', word], (_error, stdout) => {
      resolve(stdout.trim());
    }),
  );
};

describe('openLuma', () => {
  let vfr: string;
  beforeAll(async () => {
    vfr = await makeVfrClip({
      folder,
      name: 'vfr.mp4',
      frames: 24,
      options: ['-bf', '2', '-video_track_timescale', '90000'],
    });
  });

  it('gives every frame with its exact time', async () => {
    const frames = await allFrames(vfr);
    expect(frames.map(({ pts }) => pts)).toEqual(await framePts(vfr));
    expect(frames.map(({ index }) => index)).toEqual(Array.from({ length: 24 }, (_, index) => index));
    expect(frames.every(({ luma }) => luma.length === 16 * 12)).toBe(true);
  });

  it('starts at a frame by its number, with the same pixels and times', async () => {
    const all = await allFrames(vfr);
    expect(await allFrames(vfr, { startFrame: 7 })).toEqual(all.slice(7));
  });

  it('waits for a consumer that comes late', async () => {
    const luma = await openLuma(await probe(vfr), size);
    await wait(1000);
    expect((await collect(luma)).length).toBe(24);
    expect(luma.stats()).toMatchObject({ frames: 24, decodeErrors: 0 });
    expect(luma.stats().cpuSeconds).toBeGreaterThan(0);
  });

  it.each([
    { what: 'limited 8 bit', pixelFormat: 'yuv420p', encoder: 'libx264', name: 'tv8.mp4', black: 16, white: 235 },
    { what: 'limited 10 bit', pixelFormat: 'yuv420p10le', encoder: 'libx264', name: 'tv10.mp4', black: 64, white: 940 },
    { what: 'full 8 bit', pixelFormat: 'yuvj420p', encoder: 'libx264', name: 'pc8.mp4', black: 0, white: 255 },
    { what: 'grey without a tag', pixelFormat: 'gray', encoder: 'ffv1', name: 'gray.mkv', black: 0, white: 255 },
    {
      what: 'monochrome H.264 tagged limited',
      pixelFormat: 'gray',
      encoder: 'libx264',
      name: 'mono.mp4',
      black: 16,
      white: 235,
    },
  ])('brings $what to full range', async ({ name, pixelFormat, encoder, black, white }) => {
    const picture = `nullsrc=s=64x48:r=25,format=${pixelFormat},geq=lum='if(lt(X,32),${black},${white})':cb='pow(2,${pixelFormat.includes('10') ? 9 : 7})':cr='pow(2,${pixelFormat.includes('10') ? 9 : 7})'`;
    const range = black === 0 ? ['-color_range', 'pc'] : ['-color_range', 'tv'];
    const options = [...(encoder === 'libx264' ? ['-qp', '0'] : []), ...(name === 'gray.mkv' ? [] : range)];
    const path = await makeClip({
      folder,
      name,
      picture: picture.replace(/:cb.*$/, pixelFormat === 'gray' ? '' : '$&'),
      pixelFormat,
      encoder,
      frames: 2,
      options,
    });
    const [frame] = await allFrames(path);
    expect([frame!.luma[2], frame!.luma[13]]).toEqual([0, 255]);
  });

  it('gives rotated films upright', async () => {
    const flat = await makeClip({
      folder,
      name: 'flat.mp4',
      picture: 'color=white:s=64x48,drawbox=w=64:h=24:t=fill:c=black',
      frames: 3,
    });
    const turned = join(folder, 'turned.mp4');
    await runFfmpeg('-i', flat, '-c', 'copy', '-metadata:s:v', 'rotate=180', turned).then(() => probe(turned));
    const info = await probe(turned);
    const [frame] = await allFrames(turned);
    expect(info.video.rotation === 180 ? frame!.luma[0] : 255 - frame!.luma[0]!).toBeGreaterThan(250);
  });

  it('is held back by a slow consumer, and gone after close', async () => {
    const long = await makeClip({ folder, name: 'long.mp4', frames: 400, width: 320, height: 180 });
    const info = await probe(long);
    const luma = await openLuma(info, { width: 320, height: 180 });
    const iterator = luma[Symbol.asyncIterator]();
    await iterator.next();
    await wait(1500);
    // 400 frames of 57 kB are 23 MB: had ffmpeg not waited, it would have ended by now.
    expect(await processesOf(long)).not.toBe('');
    await luma.close();
    expect(await processesOf(long)).toBe('');
    expect((await iterator.next()).done).toBe(true);
  });

  it('stops on an abort signal and leaves no process', async () => {
    const source = await makeClip({ folder, name: 'abort.mp4', frames: 400, width: 320, height: 180 });
    const abort = new AbortController();
    const luma = await openLuma(await probe(source), { width: 320, height: 180, signal: abort.signal });
    const reading = (async () => {
      for await (const { index } of luma) if (index === 3) abort.abort();
    })();
    await expect(reading).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await processesOf(source)).toBe('');
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGSEGV'] as const)(
    'calls a film whole whose ffmpeg is ended by %s',
    async (name) => {
      const source = await makeClip({ folder, name: `${name}.mp4`, frames: 400, width: 320, height: 180 });
      const info = await probe(source);
      const reading = (async () => {
        for await (const { index } of await openLuma(info, { width: 320, height: 180 }))
          if (index === 3) process.kill(Number(await processesOf(source)), name);
      })();
      // The film is not to blame: another try may go well.
      await expect(reading).rejects.toMatchObject({
        code: 'FFMPEG_FAILED',
        message: expect.stringMatching(/ended by .*try again/) as string,
      });
    },
  );

  it('counts damage and gives what can be decoded', async () => {
    const source = await makeClip({ folder, name: 'noisy.ts', frames: 60 });
    const noisy = join(folder, 'noise.ts');
    await runFfmpeg('-i', source, '-c', 'copy', '-bsf:v', 'noise=400', noisy);
    const luma = await openLuma(await probe(noisy), size);
    expect((await collect(luma)).length).toBeGreaterThan(10);
    expect(luma.stats().decodeErrors).toBeGreaterThan(0);
  });
});

describe('a film that streams in', () => {
  it.each([
    { name: 'stream.ts', spooled: false, options: [] },
    { name: 'stream.mkv', spooled: false, options: [] },
    { name: 'fast.mp4', spooled: false, options: ['-movflags', '+faststart'] },
    { name: 'fragments.mp4', spooled: false, options: ['-movflags', 'frag_keyframe+empty_moov'] },
    { name: 'late-index.mp4', spooled: true, options: [] },
  ])('$name gives the same frames as the file (kept whole first: $spooled)', async ({ name, spooled, options }) => {
    const path = await makeClip({ folder, name, frames: 30, options });
    const spool = await Spool.from(createReadStream(path));
    const info = await probe({ kind: 'stream', spool });
    expect(info.spooled).toBe(spooled);
    const streamed = await collect(await openLuma(info, size));
    await spool.close();
    expect(streamed).toEqual(await allFrames(path));
  });

  it('gives as long a beginning as is asked for, whatever its bound', async () => {
    const path = await makeClip({
      folder,
      name: 'prefix.avi',
      encoder: 'rawvideo',
      width: 320,
      height: 180,
      frames: 20,
    });
    const spool = await Spool.from(createReadStream(path), { aheadBytes: 64 * 1024 });
    expect((await spool.prefix(1024 * 1024)).length).toBe(1024 * 1024);
    expect(spool.bytesHeld).toBeLessThan(1.2 * 1024 * 1024);
    await spool.close();
  });

  it('needs no more disk than the distance between its readers', async () => {
    const path = await makeClip({ folder, name: 'big.avi', encoder: 'rawvideo', width: 320, height: 180, frames: 60 });
    const { size: bytes } = await stat(path);
    const spool = await Spool.from(createReadStream(path), { chunkBytes: 256 * 1024, aheadBytes: 512 * 1024 });
    const [one, two] = [spool.reader(), spool.reader()];
    let most = 0;
    let read = 0;
    const second = two[Symbol.asyncIterator]();
    for await (const piece of one as AsyncIterable<Buffer>) {
      read += piece.length;
      most = Math.max(most, spool.bytesHeld);
      await second.next();
    }
    expect(read).toBe(bytes);
    expect(bytes).toBeGreaterThan(5_000_000);
    expect(most).toBeLessThan(1_800_000);
    await spool.close();
  });
});
