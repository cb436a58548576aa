import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startTestService, turned, type TestService } from '@kinemacolor/client/testing';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCli, type CliRun } from './run-cli.js';

const FILM = Buffer.alloc(100_000, 'film');
const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);
let service: TestService;
beforeAll(async () => {
  service = await startTestService();
  await writeFile(at('film.mkv'), FILM);
});
afterAll(() => {
  service.close();
});

const run = (args: readonly string[], stdin?: Buffer): Promise<CliRun> =>
  startCli(args, stdin, { ...process.env, KINEMACOLOR_SERVER: service.address }).ended;

describe('kinemacolor submit', () => {
  it('has a film coloured into folders that it makes', async () => {
    const { code, stderr } = await run(['submit', at('film.mkv'), '-o', at('new/folder/film.mkv')]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('film.mkv: 2 frames')]);
    expect(await readFile(at('new/folder/film.mkv'))).toEqual(turned(FILM));
    expect(await readdir(at('new/folder'))).toEqual(['film.mkv']);
  });

  it.each([
    ['a place where nothing can be made', '/proc/film.mkv', /there is no such folder/],
    ['a film as a folder', at('film.mkv/film.mkv'), /a part of the path is no folder/],
    ['a folder as a film', at('folder.mkv'), /it is a folder/],
  ])('refuses %s before anything is sent', async (_, output, words) => {
    await mkdir(at('folder.mkv'), { recursive: true });
    const before = service.jobs.size;
    for (const film of [at('film.mkv'), '-']) {
      const { code, stderr } = await run(['submit', film, '-o', output], FILM);
      expect(stderr).toMatch(words);
      expect(stderr).toMatch(new RegExp(`^kinemacolor: ${output}: cannot be written: `));
      expect(code).toBe(6);
    }
    expect(service.jobs.size).toBe(before);
  });
});
