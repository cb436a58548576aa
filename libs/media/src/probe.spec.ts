import { makeClip, runFfmpeg, scratchDir } from '@kinemacolor/testing';
import { copyFile, mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkIntegrity, findFfmpeg, MediaError, probe, requireWhole, Spool } from './index.js';

const folder = scratchDir();

describe('probe', () => {
  let film: string;
  beforeAll(async () => {
    film = await makeClip({
      folder,
      name: 'film.mp4',
      audio: 'aac',
      pixelFormat: 'yuv422p10le',
      filters: 'setsar=4/3',
    });
  });

  it('tells what is in a film, frozen', async () => {
    const info = await probe(film);
    expect(info).toMatchObject({
      container: 'mov,mp4,m4a,3gp,3g2,mj2',
      chapters: 0,
      spooled: false,
      video: {
        index: 0,
        codec: 'h264',
        width: 64,
        height: 48,
        rotation: 0,
        sampleAspectRatio: { num: 4, den: 3 },
        pixelFormat: { name: 'yuv422p10le', bitDepth: 10, subsampling: '422', isGray: false, isRgb: false },
        averageFrameRate: { num: 25, den: 1 },
        frameCount: 20,
        expectedFrames: 20,
      },
    });
    expect(info.others.map(({ kind, codec }) => [kind, codec])).toEqual([['audio', 'aac']]);
    expect(info.duration).toBeCloseTo(0.8, 1);
    expect(Object.isFrozen(info) && Object.isFrozen(info.video) && Object.isFrozen(info.others)).toBe(true);
  });

  it('takes names that look like addresses or scripts for plain names', async () => {
    const odd = join(folder, 'a film: part 1, 100% it\'s "it".mp4');
    await copyFile(film, odd);
    expect((await probe(odd)).video.frameCount).toBe(20);
    await expect(probe('http://127.0.0.1:9/film.mp4')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(probe(`concat:${film}`)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('refuses too large a picture', async () => {
    await expect(probe(film, { limits: { maxPixels: 1000 } })).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });

  const cases: readonly { what: string; code: string; make: (path: string) => Promise<unknown>; name: string }[] = [
    { what: 'a missing file', code: 'NOT_FOUND', name: 'none.mp4', make: () => Promise.resolve() },
    { what: 'a folder', code: 'IS_DIRECTORY', name: 'folder.mp4', make: (path) => mkdir(path) },
    { what: 'an empty file', code: 'EMPTY_FILE', name: 'empty.mp4', make: (path) => writeFile(path, '') },
    {
      what: 'a text file',
      code: 'NOT_MEDIA',
      name: 'text.mp4',
      make: (path) => writeFile(path, 'Dear diary, it rained.\n'.repeat(200)),
    },
    {
      what: 'sound alone',
      code: 'NO_VIDEO',
      name: 'sound.m4a',
      make: (path) => runFfmpeg('-f', 'lavfi', '-i', 'sine=d=0.5', '-c:a', 'aac', path),
    },
    {
      what: 'sound alone in MP3',
      code: 'NO_VIDEO',
      name: 'sound.wav',
      make: (path) => runFfmpeg('-f', 'lavfi', '-i', 'sine=d=0.5', path),
    },
    {
      what: 'an HLS playlist',
      code: 'FORBIDDEN_FORMAT',
      name: 'list.m3u8',
      make: (path) => writeFile(path, `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:${film}\n#EXT-X-ENDLIST\n`),
    },
    {
      what: 'an HLS playlist named .mp4',
      code: 'FORBIDDEN_FORMAT',
      name: 'list.mp4',
      make: (path) => writeFile(path, `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:${film}\n#EXT-X-ENDLIST\n`),
    },
    {
      what: 'a concat script',
      code: 'FORBIDDEN_FORMAT',
      name: 'script.mp4',
      make: (path) => writeFile(path, `ffconcat version 1.0\nfile '${film}'\n`),
    },
    {
      what: 'a film without its index',
      code: 'TRUNCATED',
      name: 'cut.mp4',
      make: async (path) => writeFile(path, (await readFile(film)).subarray(0, 3000)),
    },
  ];
  it.each(cases)('names $what', async ({ code, make, name }) => {
    const path = join(folder, name);
    await make(path);
    const failure = await probe(path).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(failure).toBeInstanceOf(MediaError);
    expect(failure).toMatchObject({ code });
    expect((failure as MediaError).message).toContain(path);
    expect((failure as MediaError).message).not.toMatch(/\n| at .*\.ts/);
  });

  it('names nonsense and nothing on standard input', async () => {
    for (const [bytes, code] of [
      ['', 'EMPTY_FILE'],
      ['no film at all, '.repeat(100), 'NOT_MEDIA'],
      ['ffconcat version 1.0\nfile x\n', 'FORBIDDEN_FORMAT'],
    ] as const) {
      const spool = await Spool.from(Readable.from([Buffer.from(bytes)]));
      await expect(probe({ kind: 'stream', spool })).rejects.toMatchObject({ code });
      await spool.close();
    }
  });

  it('calls a streamed film by the name that it was given', async () => {
    const spool = await Spool.from(Readable.from([await readFile(film)]), { name: 'upload 7' });
    expect((await probe({ kind: 'stream', spool })).name).toBe('upload 7');
    await spool.close();
    const broken = await Spool.from(Readable.from([Buffer.from('nonsense '.repeat(100))]), { name: 'upload 8' });
    await expect(probe({ kind: 'stream', spool: broken })).rejects.toThrow(/^upload 8: /);
    await broken.close();
  });

  it('refuses a film that lasts longer than the limit, and takes one that lasts as long', async () => {
    const path = await makeClip({ folder, name: 'lasting.mp4', frames: 50 });
    await expect(probe(path, { limits: { maxDurationSeconds: 1.9 } })).rejects.toMatchObject({ code: 'TOO_LARGE' });
    expect((await probe(path, { limits: { maxDurationSeconds: 2 } })).duration).toBe(2);
  });
});

describe('checkIntegrity', () => {
  it('finds a whole film whole', async () => {
    const info = await probe(await makeClip({ folder, name: 'whole.mp4', frames: 50, options: ['-bf', '2'] }));
    const report = await checkIntegrity(info);
    expect(report).toMatchObject({ framesReadable: 50, framesExpected: 50, truncated: false, errors: 0 });
    expect(() => {
      requireWhole(info, report);
    }).not.toThrow();
  });

  it.each(['mp4', 'mkv'])('says how much of a truncated %s can be read', async (extension) => {
    const path = await makeClip({
      folder,
      name: `faststart.${extension}`,
      frames: 100,
      width: 160,
      height: 120,
      options: extension === 'mp4' ? ['-movflags', '+faststart'] : [],
    });
    await truncate(path, Math.floor((await readFile(path)).length / 2));
    const info = await probe(path);
    const report = await checkIntegrity(info);
    expect(report.truncated).toBe(true);
    expect(report.framesReadable).toBeGreaterThan(5);
    expect(report.framesReadable).toBeLessThan(90);
    expect(() => {
      requireWhole(info, report);
    }).toThrow(/\d+ of 100 frames/);
  });

  it.each(['mkv', 'flv', 'avi'])(
    'finds a whole %s of uneven times whole, with sound that lasts longer',
    async (extension) => {
      const picture = await makeClip({
        folder,
        name: `uneven.${extension === 'avi' ? 'avi' : 'mkv'}`,
        frames: 120,
        filters: "select='not(mod(n,3))+not(mod(n,5))'",
        options: ['-fps_mode', 'passthrough', '-bf', '0'],
      });
      const path = join(folder, `uneven-sound.${extension}`);
      const sound = ['-f', 'lavfi', '-i', 'sine=d=20', '-c:a', extension === 'flv' ? 'aac' : 'mp3'];
      await runFfmpeg('-i', picture, ...sound, '-c:v', 'copy', path);
      const report = await checkIntegrity(await probe(path));
      expect(report).toMatchObject({ framesReadable: 120, truncated: false });
      await truncate(path, Math.floor((await readFile(path)).length / 4));
      expect((await checkIntegrity(await probe(path))).truncated).toBe(true);
    },
  );

  it('counts a damaged middle', async () => {
    const path = await makeClip({ folder, name: 'middle.mkv', frames: 100, width: 160, height: 120 });
    const file = await open(path, 'r+');
    const { size } = await file.stat();
    await file.write(Buffer.alloc(4000, 0xff), 0, 4000, Math.floor(size / 2));
    await file.close();
    expect((await checkIntegrity(await probe(path))).errors).toBeGreaterThan(0);
  });
});

describe('findFfmpeg', () => {
  it('names the variable when what it names is no program', async () => {
    await expect(findFfmpeg({ ...process.env, KINEMACOLOR_FFMPEG: '/nowhere/ffmpeg' })).rejects.toMatchObject({
      code: 'FFMPEG_MISSING',
    });
    await expect(findFfmpeg({ PATH: '', XDG_CACHE_HOME: folder })).rejects.toThrow(/npm run setup/);
  });
});
