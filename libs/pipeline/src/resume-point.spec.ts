import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { scratchDir } from '@kinemacolor/testing';
import { Journal } from './journal.js';
import { resumePoint } from './resume-point.js';

let journal: Journal;
beforeEach(async () => {
  journal = await Journal.create(path.join(scratchDir(), 'film.mp4'), {});
  await journal.saveState(0, Buffer.from('x'));
});

describe('resumePoint', () => {
  it('is the beginning when nothing was done, or the part never got its first frame', async () => {
    expect(await resumePoint(journal, 240)).toBe(0);
    const part = await journal.beginPart(0, '.mov');
    expect(await resumePoint(journal, 240)).toBe(0);
    await journal.beginPart(0, '.mov');
    await writeFile(journal.pathOf(part), '');
    expect(await resumePoint(journal, 240)).toBe(0);
    expect(journal.parts).toEqual([]);
  });

  it('goes back to the part before when the last one holds nothing', async () => {
    const first = await journal.beginPart(0, '.mov');
    await journal.setPart({ ...first, frames: 480 });
    await journal.saveState(480, Buffer.from('x'));
    await journal.beginPart(480, '.mov');
    expect(await resumePoint(journal, 240)).toBe(480);
    expect(journal.parts).toEqual([{ ...first, frames: 480 }]);
  });

  it('is the end when every frame is encoded', async () => {
    await journal.markComplete(1234);
    expect(await resumePoint(journal, 240)).toBe(1234);
  });
});
