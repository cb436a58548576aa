import { readdir, readFile, truncate, writeFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { makeClip, scratchDir, sharedFile } from '@kinemacolor/testing';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { extractFrames, type CutDetector, type DatasetIndex, type ExtractOptions } from './index.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);

/** A cut is where the mean changes much from one frame to the next: enough for drawn films. */
class PlainCuts implements CutDetector {
  private before: Uint8Array | undefined;
  isCut(luma: Uint8Array): boolean {
    const last = this.before;
    this.before = luma;
    return last === undefined || luma.reduce((sum, x, i) => sum + Math.abs(x - last[i]!), 0) > 20 * luma.length;
  }
}

const extract = (film: string, out: string, options: Partial<ExtractOptions> = {}): Promise<DatasetIndex> =>
  extractFrames(film, at(out), { cuts: new PlainCuts(), every: 1, size: 96, ...options });

/** Words as rows of strokes: white ones of 3 pixels on a black ground. */
const card = "nullsrc=s=200x150:r=25,geq=lum='if(lt(mod(X,9),3)*between(X,40,160)*between(mod(Y,40),10,24),225,16)':cb=128:cr=128"; // prettier-ignore
/** Shots with their frames: 0–49 moves, 50–64 is black, 65–94 stands still, 95–124 is a card, 125–149 moves. */
const parts = [
  ['testsrc2=s=200x150:r=25', 50],
  ['color=black:s=200x150:r=25', 15],
  ['smptehdbars=s=200x150:r=25', 30],
  [card, 30],
  ['mandelbrot=s=200x150:r=25:start_scale=1:end_scale=0.01:end_pts=60', 25],
] as const;
const film = ((): string => {
  const shots = parts.map(
    ([picture, frames], i) => `${picture},trim=end_frame=${frames},format=yuv420p,setsar=1[p${i}]`,
  );
  return `${shots.join(';')};${parts.map((_, i) => `[p${i}]`).join('')}concat=n=${parts.length},pad=200:200:0:24`;
})();
const makeFilm = (name: string, ...options: string[]): Promise<string> =>
  makeClip({ folder, name, picture: film, frames: 150, options: ['-crf', '15', '-g', '20', ...options] });

describe('extractFrames', () => {
  let index: DatasetIndex;
  beforeAll(async () => {
    await makeFilm('drawn.mp4');
    index = await extract(at('drawn.mp4'), 'drawn');
  });

  it('cuts the bars off and takes the short side that is asked for', async () => {
    const { crop, width, height } = index;
    expect(crop).toMatchObject({ left: 0, width: 200 });
    // All of the bars and little more.
    expect(crop!.top).toBeGreaterThanOrEqual(24);
    expect(crop!.top).toBeLessThanOrEqual(30);
    expect(crop!.top + crop!.height).toBeLessThanOrEqual(174);
    expect(crop!.height).toBeGreaterThanOrEqual(140);
    expect(height).toBe(96);
    expect(width).toBe(Math.round((200 * 96) / crop!.height));
    for (const { file } of index.pictures) {
      const found = await sharp(at(`drawn/${file}`)).metadata();
      expect([found.format, found.width, found.height, found.chromaSubsampling]).toEqual(['jpeg', width, height, '4:4:4']); // prettier-ignore
    }
  });

  it('names the shots, and skips black frames, cards and repeats', () => {
    const { frames, shots, candidates, skipped } = index;
    expect({ frames, shots, candidates }).toEqual({ frames: 150, shots: 5, candidates: 150 });
    const of = (shot: number): number[] => index.pictures.filter((p) => p.shot === shot).map(({ frame }) => frame);
    expect(of(1).length).toBeGreaterThan(3);
    expect(of(1).every((frame) => frame < 50)).toBe(true);
    expect(of(2)).toEqual([]);
    expect(of(3)).toEqual([65]);
    expect(of(4)).toEqual([]);
    expect(of(5).length).toBeGreaterThan(3);
    expect(of(5).every((frame) => frame >= 125)).toBe(true);
    expect(skipped).toMatchObject({ blank: 15, title: 30, perShot: 0 });
    expect(skipped.duplicate).toBe(150 - 45 - index.pictures.length);
    expect(skipped.duplicate).toBeGreaterThanOrEqual(29);
    for (const { file, shot, frame, seconds } of index.pictures) {
      expect(file).toBe(`drawn-s000${shot}-f${String(frame).padStart(6, '0')}.jpg`);
      expect(seconds).toBeCloseTo(frame / 25, 3);
    }
  });

  it('writes the index beside the pictures, and the same bytes again', async () => {
    expect(JSON.parse(await readFile(at('drawn/index.json'), 'utf8'))).toEqual(index);
    const names = await readdir(at('drawn'));
    expect(names.sort()).toEqual(['index.json', ...index.pictures.map(({ file }) => file)].sort());
    await extract(at('drawn.mp4'), 'again');
    for (const name of names) {
      expect((await readFile(at(`again/${name}`))).equals(await readFile(at(`drawn/${name}`))), name).toBe(true);
    }
  });

  it('spreads a quota over each shot', async () => {
    const { pictures, skipped } = await extract(at('drawn.mp4'), 'quota', { perShot: 3 });
    const first = pictures.filter(({ shot }) => shot === 1).map(({ frame }) => frame);
    expect(first).toHaveLength(3);
    expect(first[1]).toBeGreaterThanOrEqual(14);
    expect(first[2]).toBeGreaterThanOrEqual(30);
    expect(pictures.filter(({ shot }) => shot === 3)).toHaveLength(1);
    expect(pictures.filter(({ shot }) => shot === 5)).toHaveLength(3);
    expect(skipped.perShot).toBeGreaterThan(60);
  });

  it('considers every n-th frame only, and never enlarges', async () => {
    const { pictures, candidates, width, height, crop } = await extract(at('drawn.mp4'), 'few', {
      every: 7,
      size: 512,
    });
    expect(candidates).toBe(Math.ceil(150 / 7));
    expect(pictures.every(({ frame }) => frame % 7 === 0)).toBe(true);
    expect([width, height]).toEqual([crop!.width, crop!.height]);
  });

  it('makes anamorphic pixels square', async () => {
    await makeClip({ folder, name: 'wide.mp4', width: 96, height: 96, filters: 'setsar=2/1' });
    const { width, height } = await extract(at('wide.mp4'), 'wide', { size: 40 });
    expect([width, height]).toEqual([80, 40]);
  });

  it('leaves a folder alone that is not empty, and replaces an earlier extraction when told to', async () => {
    await mkdir(at('empty'));
    await extract(at('drawn.mp4'), 'empty', { every: 10 });
    await expect(extract(at('drawn.mp4'), 'empty')).rejects.toThrow(/earlier extraction.*--force/);
    const { pictures } = await extract(at('drawn.mp4'), 'empty', { every: 15, force: true });
    expect((await readdir(at('empty'))).length).toBe(pictures.length + 1);
    await writeFile(at('empty/mine.txt'), 'mine');
    const refused = extract(at('drawn.mp4'), 'empty', { force: true });
    await expect(refused).rejects.toThrow(/holds other things \(mine\.txt\)/);
    expect(await readFile(at('empty/mine.txt'), 'utf8')).toBe('mine');
    await writeFile(at('a-file'), '');
    await expect(extract(at('drawn.mp4'), 'a-file')).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    await expect(extract(at('drawn.mp4'), 'a-file/in-it')).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });

  it('leaves nothing of a run that was stopped, or that found nothing to keep', async () => {
    const before = await readdir(folder);
    const stop = new AbortController();
    const stopped = extract(at('drawn.mp4'), 'stopped', {
      signal: stop.signal,
      onProgress: ({ phase, frames }) => {
        if (phase === 'extract' && frames > 20) stop.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    await makeClip({ folder, name: 'black.mp4', picture: 'color=black:s=64x48' });
    await expect(extract(at('black.mp4'), 'black')).rejects.toMatchObject({ code: 'NO_PICTURES' });
    expect((await readdir(folder)).filter((name) => name !== 'black.mp4')).toEqual(before);
  });

  it('refuses a film that is cut off unless it is to be salvaged, and numbers without a meaning', async () => {
    await makeFilm('cut.mp4', '-movflags', '+faststart');
    const { length } = await readFile(at('cut.mp4'));
    await truncate(at('cut.mp4'), Math.floor(length * 0.7));
    await expect(extract(at('cut.mp4'), 'cut')).rejects.toMatchObject({ code: 'TRUNCATED' });
    expect(await readdir(folder)).not.toContain('cut');
    const { frames, pictures } = await extract(at('cut.mp4'), 'cut', { salvage: true });
    expect(frames).toBeLessThan(150);
    expect(pictures.length).toBeGreaterThan(3);
    for (const wrong of [{ every: 0 }, { size: 8 }, { quality: 101 }, { perShot: 0.5 }])
      await expect(extract(at('drawn.mp4'), 'wrong', wrong)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('takes a real film (skipped without shared/clips)', async ({ skip }) => {
    const clip = sharedFile('clips/bw_friday.mp4');
    if (clip === undefined) return skip('needs shared/clips/bw_friday.mp4');
    const { pictures, skipped, candidates, crop } = await extract(clip, 'friday', { every: 3, size: 128 });
    // Two people talk before a camera that stands still: few pictures differ. Its scan has thin dark edges left and right.
    expect(candidates).toBe(62);
    expect(skipped).toMatchObject({ blank: 0, title: 0 });
    expect(pictures.length).toBeGreaterThan(4);
    expect(pictures.length).toBeLessThan(31);
    expect(crop).toMatchObject({ top: 0, height: 480 });
    expect(crop!.width).toBeLessThan(636);
  });
});
