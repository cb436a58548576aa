import { readFile } from 'node:fs/promises';
import { makeClip, scratchDir } from '@kinemacolor/testing';
import { describe, expect, it } from 'vitest';
import { openFilmStream } from './open-film-stream.js';
import { openLuma } from './open-luma.js';

const folder = scratchDir();

describe('a film from its bytes', () => {
  it('that is looked at little gives its first picture while it is still coming', async () => {
    // Incompressible, so that 64 KiB are soon there; half of four seconds come, and then nothing until the test is over.
    const picture = 'testsrc2=size=160x120:rate=25,noise=alls=60:allf=t';
    const options = ['-tune', 'zerolatency', '-g', '25'];
    const clip = await readFile(
      await makeClip({ folder, name: 'live.ts', frames: 100, picture, audio: 'mp2', options }),
    );
    let over: () => void = () => undefined;
    const end = new Promise<void>((resolve) => (over = resolve));
    async function* coming(): AsyncGenerator<Uint8Array> {
      yield clip.subarray(0, clip.length / 2);
      await end;
    }
    const { signal } = new AbortController();
    const film = await openFilmStream(coming(), { name: 'camera', readers: 1, firstBytes: 64 * 1024, signal });
    try {
      expect(film.info).toMatchObject({ name: 'camera', container: 'mpegts', duration: undefined });
      expect(film.info.others.map(({ kind }) => kind)).toEqual(['audio']);
      const reader = await openLuma(film.info, { width: 64, height: 48, threads: 1 });
      for await (const { index } of reader) {
        expect(index).toBe(0);
        break;
      }
      await reader.close();
    } finally {
      over();
      await film.close();
    }
  });

  it('tells what is wrong with it, and leaves nothing behind', async () => {
    async function* text(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('no film at all'));
    }
    const { signal } = new AbortController();
    const opening = openFilmStream(text(), { name: 'camera', readers: 1, signal });
    await expect(opening).rejects.toMatchObject({
      code: 'NOT_MEDIA',
      message: expect.stringContaining('camera') as unknown,
    });
  });
});
