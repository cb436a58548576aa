import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workList, type WorkRequest } from './work-list.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'work-'));
  await mkdir(path.join(folder, 'in'));
  await mkdir(path.join(folder, 'empty'));
  for (const name of ['b.mp4', 'a.PNG', 'c.flv', 'notes.txt']) await writeFile(path.join(folder, 'in', name), 'x');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const list = (request: Partial<WorkRequest>): ReturnType<typeof workList> =>
  workList({ inputs: ['film.mp4'], output: 'out.mp4', compare: undefined, codec: 'h264', ...request });

describe('workList', () => {
  it('takes one film to one file', async () => {
    expect(await list({ compare: 'side.png' })).toEqual([
      { kind: 'film', input: 'film.mp4', output: 'out.mp4', compare: 'side.png' },
    ]);
  });

  it('puts several into a folder under their own names, and containers that are not kept into MP4', async () => {
    const items = await list({ inputs: ['x/a.mkv', 'b.FLV', 'd.webm', 'c.jpg'], output: 'out' });
    expect(items.map(({ kind, output }) => [kind, output])).toEqual([
      ['film', path.join('out', 'a.mkv')],
      ['film', path.join('out', 'b.mp4')],
      ['film', path.join('out', 'd.mp4')],
      ['picture', path.join('out', 'c.jpg')],
    ]);
  });

  it('takes the films and pictures of a folder in order, and nothing else', async () => {
    const items = await list({
      inputs: [path.join(folder, 'in')],
      output: path.join(folder, 'out'),
      codec: 'ffv1',
      compare: 'side',
    });
    expect(items.map(({ compare }) => path.basename(compare ?? ''))).toEqual(['a.PNG', 'b.mp4', 'c.mp4']);
    expect(items.map(({ output }) => path.basename(output))).toEqual(['a.PNG', 'b.mkv', 'c.mkv']);
  });

  it('puts a file into a folder that is there', async () => {
    const [item] = await list({ output: path.join(folder, 'empty') });
    expect(item?.output).toBe(path.join(folder, 'empty', 'film.mp4'));
  });

  it('says that a folder holds nothing to colour', async () => {
    await expect(list({ inputs: [path.join(folder, 'empty')] })).rejects.toMatchObject({ exitCode: 3 });
    await expect(list({ inputs: [path.join(folder, 'empty')] })).rejects.toThrow(/empty holds no picture and no film/);
  });

  it.each([
    [{ inputs: ['-', 'a.mp4'] }, /cannot be mixed/],
    [{ inputs: ['a.mp4', 'b.mp4'], output: '-' }, /Only one film/],
    [{ inputs: ['a.png'], output: '-' }, /picture cannot go/],
    [{ inputs: ['-'], output: '-', compare: 'x.png' }, /--compare needs/],
    [{ inputs: [] }, /Nothing to colour/],
  ])('refuses %j', async (request, message) => {
    await expect(list(request)).rejects.toThrow(message);
  });

  it('refuses a file as the folder of several results', async () => {
    const output = path.join(folder, 'in', 'notes.txt');
    await expect(list({ inputs: ['a.mp4', 'b.mp4'], output })).rejects.toThrow(/is a file/);
  });
});
