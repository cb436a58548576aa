import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { scratchDir } from '@kinemacolor/testing';
import { refuseConflicts } from './refuse-conflicts.js';
import type { WorkItem } from './work-list.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);
beforeAll(async () => {
  await mkdir(at('real'));
  await writeFile(at('real/a.mp4'), 'x');
  await symlink(at('real'), at('link'));
});

const film = (input: string, output: string, compare?: string): WorkItem => ({ kind: 'film', input, output, compare });

describe('refuseConflicts', () => {
  it('lets names that do not meet pass', async () => {
    await refuseConflicts([film(at('real/a.mp4'), at('out.mp4'), at('side.png')), film('-', '-')], 'h264');
    await refuseConflicts([{ kind: 'picture', input: 'a.png', output: at('b.png'), compare: at('c.jpg') }], 'ffv1');
  });

  it.each([
    ['a film over itself', [film(at('real/a.mp4'), at('real/a.mp4'))], /both the result and the source/],
    ['itself by another way', [film(at('real/a.mp4'), at('link/a.mp4'))], /both the result and the source/],
    [
      'a picture over itself',
      [{ ...film('p.png', 'p.png'), kind: 'picture' as const }],
      /both the result and the source/,
    ],
    [
      'the side-by-side over the source',
      [film(at('real/a.mp4'), at('o.mp4'), at('real/a.mp4'))],
      /side-by-side and the source/,
    ],
    ['the side-by-side over the result', [film('x.mp4', at('o.mp4'), at('o.mp4'))], /side-by-side and the result/],
    [
      'two results of one name',
      [film('x/f.mp4', at('f.mp4')), film('y/f.mp4', at('f.mp4'))],
      /both the result and the result/,
    ],
    ['a name of no kind of film', [film('x.mp4', at('o.xyz'))], /not "\.xyz"/],
    ['a container that cannot hold the codec', [film('x.mp4', at('o.webm'))], /webm cannot hold h264/],
    ['a side-by-side of no kind', [film('x.mp4', at('o.mp4'), at('side.txt'))], /not "\.txt"/],
    ['a side-by-side that cannot hold H.264', [film('x.mp4', at('o.mp4'), at('side.webm'))], /side-by-side is/],
    ['a picture as a film', [{ ...film('p.png', at('p.mp4')), kind: 'picture' as const }], /picture is written as/],
  ])('refuses %s before any work', async (_, items, message) => {
    await expect(refuseConflicts(items, 'h264')).rejects.toThrow(message);
  });
});
