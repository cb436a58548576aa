import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal } from './journal.js';

let folder: string;
let output: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'journal-'));
  output = path.join(folder, 'film.mp4');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('Journal', () => {
  it('is read back as it was written', async () => {
    const journal = await Journal.create(output, { source: 'a', crf: null });
    const part = await journal.beginPart(0, '.mov');
    await journal.setPart({ ...part, frames: 240 });
    await journal.beginPart(240, '.mov');
    await journal.release();
    const again = await Journal.open(output, { source: 'a', crf: null });
    expect(again?.parts).toEqual([
      { file: 'part-000000000.mov', startFrame: 0, frames: 240 },
      { file: 'part-000000240.mov', startFrame: 240 },
    ]);
    expect(again?.complete).toBeUndefined();
  });

  it('is not there when no run was interrupted', async () => {
    expect(await Journal.open(output, {})).toBeUndefined();
  });

  it('refuses other settings, and names them', async () => {
    await (await Journal.create(output, { source: 'a', crf: 18, codec: null })).release();
    await expect(Journal.open(output, { source: 'a', crf: 23, codec: 'hevc' })).rejects.toThrow(
      /crf was 18, is 23; codec was unset, is hevc.*without --resume/,
    );
  });

  it('refuses damaged notes with the cure', async () => {
    const journal = await Journal.create(output, {});
    await journal.release();
    await writeFile(path.join(journal.folder, 'journal.json'), '{"version":1,"par');
    await expect(Journal.open(output, {})).rejects.toMatchObject({ code: 'JOURNAL_MISMATCH' });
  });

  it('keeps the last few states only', async () => {
    const journal = await Journal.create(output, {});
    for (let k = 0; k < 12; k++) await journal.saveState(240 * k, Buffer.from([k]));
    expect(await journal.states()).toEqual([4, 5, 6, 7, 8, 9, 10, 11].map((k) => 240 * k));
    expect(await journal.readState(240 * 11)).toEqual(Buffer.from([11]));
  });

  it('starts afresh when created again, and leaves nothing when removed', async () => {
    const first = await Journal.create(output, {});
    await writeFile(first.pathOf(await first.beginPart(0, '.mov')), 'old');
    await first.release();
    const second = await Journal.create(output, {});
    expect(second.parts).toEqual([]);
    expect((await readdir(second.folder)).sort()).toEqual(['journal.json', 'lock']);
    await second.remove();
    expect(await readdir(folder)).toEqual([]);
    const third = await Journal.create(output, {});
    await rm(third.folder, { recursive: true });
    await third.remove();
    expect(await readdir(folder)).toEqual([]);
  });

  it('keeps a second run away while one works, and takes over from a dead one', async () => {
    const journal = await Journal.create(output, {});
    await expect(Journal.create(output, {})).rejects.toMatchObject({ code: 'BUSY' });
    await expect(Journal.open(output, {})).rejects.toThrow(`process ${process.pid}`);
    // No process has this number: the largest that Linux gives is 4,194,304.
    await writeFile(path.join(journal.folder, 'lock', 'owner'), '4194305 1');
    expect(await Journal.open(output, {})).toBeDefined();
  });

  it('is one run at a time, whatever moment another one begins at, and leaves nothing', async () => {
    let most = 0;
    let inside = 0;
    const codes = new Set<unknown>();
    const runs = async (): Promise<void> => {
      for (let round = 0; round < 40; round++) {
        try {
          const journal = await Journal.create(output, {});
          most = Math.max(most, ++inside);
          await journal.beginPart(0, '.mov');
          inside--;
          await journal.remove();
        } catch (error) {
          codes.add((error as { code: unknown }).code);
        }
      }
    };
    await Promise.all(Array.from({ length: 6 }, runs));
    expect([most, [...codes]]).toEqual([1, ['BUSY']]);
    expect(await readdir(folder)).toEqual([]);
  });
});
