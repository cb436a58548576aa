import { framePts, makeClip, runFfmpeg, scratchDir } from '@kinemacolor/testing';
import { spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  findFfmpeg,
  MediaError,
  joinFilm,
  openChromaSink,
  openLuma,
  probe,
  readPicture,
  renderComparison,
  Spool,
  type ChromaSinkOptions,
} from './index.js';

const folder = scratchDir();
const size = { width: 16, height: 12 };
let film: string;
beforeAll(async () => {
  film = await makeClip({ folder, name: 'film.mp4', frames: 60 });
});

async function colour(source: string, options: Omit<ChromaSinkOptions, 'width' | 'height'>): Promise<void> {
  const info = await probe(source);
  const sink = await openChromaSink(info, { ...size, ...options });
  const plane = new Uint8Array(size.width * size.height).fill(120);
  try {
    for await (const { index, pts } of await openLuma(info, size)) await sink.write({ index, pts, u: plane, v: plane });
    await sink.finish();
  } finally {
    await sink.abort();
  }
}

const caught = (promise: Promise<unknown>): Promise<MediaError> =>
  promise.then(
    () => {
      throw new Error('nothing failed');
    },
    (thrown: unknown) => MediaError.from(thrown),
  );

/** As somebody who is not allowed everything. */
async function asNobody<T>(body: () => Promise<T>): Promise<T> {
  const user = process.geteuid?.();
  if (user !== 0) return body();
  process.seteuid?.(65_534);
  try {
    return await body();
  } finally {
    process.seteuid?.(0);
  }
}

describe('an input', () => {
  it('without the right to read it is called unreadable', async () => {
    await chmod(folder, 0o755);
    const picture = join(folder, 'locked.png');
    await runFfmpeg('-i', film, '-frames:v', '1', picture);
    const locked = join(folder, 'locked.mp4');
    await copyFile(film, locked);
    for (const path of [picture, locked]) await chmod(path, 0);
    const failures = await asNobody(() => Promise.all([caught(probe(locked)), caught(readPicture(picture))]));
    expect(failures.map(({ code }) => code)).toEqual(['UNREADABLE', 'UNREADABLE']);
  });

  it.each(['W60000 H60000', 'W2147483647 H2147483647'])(
    'that claims pictures of %s is called too large',
    async (size) => {
      const huge = join(folder, 'huge.y4m');
      await writeFile(huge, `YUV4MPEG2 ${size} F25:1 Ip A1:1 C420jpeg\nFRAME\n${'\0'.repeat(10_000)}`);
      const streamed = await Spool.from(createReadStream(huge));
      const failures = await Promise.all([caught(probe(huge)), caught(probe({ kind: 'stream', spool: streamed }))]);
      await streamed.close();
      for (const { code, message } of failures) {
        expect(code).toBe('TOO_LARGE');
        expect(message).toContain(size.replace(/W(\d+) H(\d+)/, '$1x$2'));
      }
    },
  );

  it('whose times do not rise is called damaged, with a cure that cures', async () => {
    const twice = "trim=end_frame=30,setpts='if(eq(N,10),9,N)/25/TB'";
    const options = ['-fps_mode', 'passthrough'];
    const source = await makeClip({ folder, name: "it's: twice.mkv", encoder: 'ffv1', filters: twice, options });
    const failure = await caught(colour(source, { target: { kind: 'part', path: join(folder, 'twice.mov') } }));
    expect(failure).toMatchObject({ code: 'DAMAGED' });
    expect(failure.message).toContain('at frame 10.');
    // As a user pastes it.
    const cure = /ffmpeg (-i .*)$/.exec(failure.message)?.[1] ?? '';
    const { ffmpeg } = await findFfmpeg();
    const run = spawnSync('sh', ['-c', `'${ffmpeg}' -nostdin ${cure}`], { cwd: folder });
    expect(run.stderr.toString()).not.toMatch(/No such file|not found/);
    const repaired = join(folder, 'repaired.mkv');
    await colour(repaired, { target: { kind: 'part', path: join(folder, 'repaired.mov') } });
    expect((await framePts(repaired)).length).toBeGreaterThan(15);
  });
});

describe('an output', () => {
  it.each(['/proc/kinemacolor.mp4', '/proc/kinemacolor.png', '/nowhere/at/all.mp4'])(
    'that cannot be written is named: %s',
    async (output) => {
      const info = await probe(film);
      const failure = await caught(renderComparison({ source: info, result: info, output }));
      expect(failure).toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
      expect(failure.message).toContain(output);
    },
  );

  it('that cannot be written is named by part and join', async () => {
    const part = join(folder, 'part.mov');
    await colour(film, { target: { kind: 'part', path: part } });
    const failures = [
      await caught(colour(film, { target: { kind: 'part', path: '/proc/part.mov' } })),
      await caught(joinFilm({ parts: [part], source: await probe(film), output: '/proc/x.mp4', container: 'mp4' })),
    ];
    for (const { code, message } of failures) {
      expect(code).toBe('OUTPUT_UNWRITABLE');
      expect(message).toMatch(/^\/proc/);
    }
  });

  it('that its reader closed is named', async () => {
    const to = new Writable({
      write(_chunk, _encoding, done) {
        done();
        this.destroy();
      },
    });
    const failure = await caught(
      colour(film, { codec: 'ffv1', target: { kind: 'stream', to, container: 'matroska' } }),
    );
    expect(failure).toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(failure.message).toContain('closed it');
  });

  it.each([
    { container: 'matroska', audio: 'aac', box: 'esds' },
    { container: 'mp4', audio: 'libmp3lame', box: 'esds' },
  ] as const)(
    'is not to blame where the sound of the source is too damaged: $audio in $container',
    async ({ container, audio, box }) => {
      const whole = await makeClip({ folder, name: `${audio}.mp4`, audio, options: ['-movflags', '+faststart'] });
      const bytes = await readFile(whole);
      // What the sound says of itself, behind the name of its box.
      const at = bytes.lastIndexOf(box);
      bytes.fill(0, at + 8, at - 4 + bytes.readUInt32BE(at - 4));
      const source = join(folder, `damaged-${audio}.mp4`);
      await writeFile(source, bytes);
      const to = new PassThrough().resume();
      const failure = await caught(colour(source, { codec: 'h264', target: { kind: 'stream', to, container } }));
      expect(failure).toMatchObject({ code: 'DAMAGED', message: expect.stringMatching(/sound.*damaged/) as string });
    },
  );

  it.each([
    { codec: 'h264', preset: 'nope' },
    { codec: 'hevc', preset: 'nope' },
    { codec: 'hevc', crf: 99 },
  ] as const)('with a wrong setting is refused: %o', async (options) => {
    const failure = await caught(colour(film, { ...options, target: { kind: 'part', path: join(folder, 'no.mov') } }));
    expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(failure.message).toMatch(/nope|range/);
    expect(failure.message).not.toContain('plays elsewhere');
  });
});

it('MediaError.fromOutput is total', () => {
  const system = (code: string): Error => Object.assign(new Error(code), { code });
  const code = (thrown: unknown): string => MediaError.fromOutput(thrown, 'out.mp4').code;
  for (const name of ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT'])
    expect(code(system(name))).toBe('OUTPUT_UNWRITABLE');
  for (const name of ['ENOSPC', 'EDQUOT']) expect(code(system(name))).toBe('DISK_FULL');
  expect([code('text'), code(undefined), code(new MediaError('ABORTED', 'x'))]).toEqual([
    'UNKNOWN',
    'UNKNOWN',
    'ABORTED',
  ]);
});
